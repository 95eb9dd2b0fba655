using Kademlia.Identity;
using Kademlia.Streams;

namespace Kademlia.Simulation.Running.Streams;

/// <summary>What stands for TLS in a virtual network: each side signs the other's nonce with its node key, and frames tell an end from a cut.</summary>
internal sealed class VirtualSecurity(NodeIdentity identity, int idDifficulty, Membership membership, SignatureScheme signatures, Random random) : IStreamSecurity
{
    private const int NonceLength = 16;

    public async Task<SecureConnection> DialAsync(Stream connection, NodeId wanted, CancellationToken cancellationToken)
    {
        UInt128 nonce = await membership.DialAsync(connection, wanted, cancellationToken).ConfigureAwait(false);
        NodeId peer = await ProveAsync(connection, cancellationToken).ConfigureAwait(false);
        return peer == wanted
            ? new FramedConnection(connection, peer, nonce)
            : throw new IOException($"The other side is node {peer}, not {wanted}.");
    }

    public async Task<SecureConnection> AcceptAsync(Stream connection, CancellationToken cancellationToken)
    {
        SealedHello? hello = await membership.AcceptAsync(connection, cancellationToken).ConfigureAwait(false);
        NodeId peer = await ProveAsync(connection, cancellationToken).ConfigureAwait(false);
        return hello is null || hello.Value.Sender == peer
            ? new FramedConnection(connection, peer, hello?.Nonce ?? default)
            : throw new IOException("The other side is not who said hello.");
    }

    public void Dispose() => membership.Dispose();

    private async Task<NodeId> ProveAsync(Stream connection, CancellationToken cancellationToken)
    {
        byte[] nonce = new byte[NonceLength];
        random.NextBytes(nonce);
        await connection.WriteAsync((byte[])[.. identity.PublicKey.Span, .. nonce], cancellationToken).ConfigureAwait(false);
        byte[] theirs = new byte[NodeIdentity.PublicKeyLength + NonceLength];
        await connection.ReadExactlyAsync(theirs, cancellationToken).ConfigureAwait(false);
        await connection.WriteAsync(identity.Sign(theirs.AsSpan(NodeIdentity.PublicKeyLength)), cancellationToken).ConfigureAwait(false);
        byte[] signature = new byte[NodeIdentity.SignatureLength];
        await connection.ReadExactlyAsync(signature, cancellationToken).ConfigureAwait(false);
        byte[] publicKey = theirs[..NodeIdentity.PublicKeyLength];
        NodeId peer = NodeIdentity.IdOf(publicKey);
        return signatures.Verify(publicKey, nonce, signature) && peer != identity.Id && NodeIdentity.MeetsDifficulty(peer, idDifficulty)
            ? peer
            : throw new IOException("The other side did not prove its id.");
    }
}
