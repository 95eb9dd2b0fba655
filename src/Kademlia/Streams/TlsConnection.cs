using System.Net.Security;

namespace Kademlia.Streams;

/// <summary>A connection under TLS whose handshake is done.</summary>
internal sealed class TlsConnection(SslStream tls, EndWatch watch, NodeId peer, UInt128 nonce) : SecureConnection
{
    public override NodeId Peer => peer;

    public override UInt128 Nonce => nonce;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int length = await tls.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return length == 0 && !buffer.IsEmpty && watch.HasEnded
            ? throw new IOException("The connection was cut: what arrived may not be all that was sent.")
            : length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) => tls.WriteAsync(buffer, cancellationToken);

    public override Task EndAsync() => tls.ShutdownAsync();

    public override void Dispose() => tls.Dispose();
}
