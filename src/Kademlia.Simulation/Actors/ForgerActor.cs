using Kademlia.Records;

namespace Kademlia.Simulation;

/// <summary>Gives under every key a record that its writer never wrote: content of another hash, and newer versions without a valid signature.</summary>
/// <param name="identity">Who it is; somebody new when null.</param>
public sealed class ForgerActor(NodeIdentity? identity = null) : PeerActor(identity)
{
    /// <summary>How many forged records it gave: a forger whom nobody asks shows nothing.</summary>
    public long Forged { get; private set; }

    /// <inheritdoc/>
    protected override Record? FindRecord(RecordKey key, Record? held)
    {
        Forged++;
        long expiry = Network.TimeProvider.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        return key.Kind == RecordKind.Content
            ? RecordDraft.Content(NewBytes(), expiry)
            : new Record(new RecordView(
                key.Kind,
                SignatureAlgorithm.KeyedHash,
                held is null ? NewBytes() : held.PublicKey.Span,
                held is null ? default : held.Salt.Span,
                (held?.Sequence ?? 0) + 1,
                isTombstone: false,
                expiry,
                NewBytes(),
                NewBytes()));
    }

    private byte[] NewBytes()
    {
        byte[] bytes = new byte[NodeIdentity.SignatureLength];
        Network.Random.NextBytes(bytes);
        return bytes;
    }
}
