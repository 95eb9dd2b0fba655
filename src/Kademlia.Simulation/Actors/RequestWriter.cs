using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Simulation;

/// <summary>Writes well-formed requests, as short as they may be, for actors who ask what no honest node would.</summary>
/// <remarks>What was written is valid until the next.</remarks>
internal sealed class RequestWriter(VirtualNetwork network)
{
    /// <summary>Every kind of request.</summary>
    public static readonly IReadOnlyList<MessageKind> Kinds =
    [
        MessageKind.Ping, MessageKind.FindNode, MessageKind.FindValue, MessageKind.Store,
        MessageKind.Prove, MessageKind.Talk, MessageKind.Digest,
    ];

    private const int ValueLength = 100;

    private readonly byte[] _buffer = new byte[Codec.MaxMessageLength];

    /// <summary>Writes a request.</summary>
    /// <param name="kind">What it asks.</param>
    /// <param name="sender">Whose id it names.</param>
    /// <param name="destination">Where it will be sent to: what a challenge names.</param>
    /// <param name="about">What questions are about; random when null. A store is always of a new content record.</param>
    /// <param name="token">The token that it carries.</param>
    /// <param name="flags">What it says of the sender.</param>
    public ReadOnlySpan<byte> Write(
        MessageKind kind,
        NodeId sender,
        PeerEndPoint destination,
        RecordKey? about = null,
        AddressToken token = default,
        SenderFlags flags = SenderFlags.None)
    {
        Envelope envelope = new(kind, (ulong)network.Random.NextInt64(), sender, flags, token, Observed: default);
        RecordKey key = about ?? new RecordKey(RecordKind.Content, NodeId.Random(network.Random));
        int length = kind switch
        {
            MessageKind.FindNode => Actor.Codec.Write(_buffer, envelope, new FindNodeRequest(key.Hash, AddressFamilies.None), 0),
            MessageKind.FindValue => Actor.Codec.Write(_buffer, envelope, new FindValueRequest(key, Cursor: 0), 0),
            MessageKind.Store => Actor.Codec.Write(_buffer, envelope, NewStore(), 0),
            MessageKind.Prove => Actor.Codec.Write(_buffer, envelope, new ProveRequest(NewBytes(ProveRequest.NonceLength), destination), 0),
            MessageKind.Talk => Actor.Codec.Write(_buffer, envelope, new TalkRequest("echo"u8, NewBytes(1)), 0),
            MessageKind.Digest => Actor.Codec.Write(_buffer, envelope, new DigestRequest(1, 1, default), 0),
            _ => Actor.Codec.WritePing(_buffer, envelope, 0),
        };
        return _buffer.AsSpan(0, length);
    }

    private StoreRequest NewStore()
    {
        long expiry = network.TimeProvider.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        return new StoreRequest(StorePurpose.Put, RecordDraft.Content(NewBytes(ValueLength), expiry).View, StoreRequest.Unconditional);
    }

    private byte[] NewBytes(int length)
    {
        byte[] bytes = new byte[length];
        network.Random.NextBytes(bytes);
        return bytes;
    }
}
