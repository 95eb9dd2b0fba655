namespace Kademlia.Streams;

/// <summary>How connections are proven and encrypted: the seam between TLS and the simulation's.</summary>
/// <remarks>A failure is an <see cref="IOException"/> whose message says what was wrong; the connection is the caller's to close.</remarks>
internal interface IStreamSecurity : IDisposable
{
    /// <summary>Proves ourselves to whoever was dialled, and demands that it is the node we want.</summary>
    Task<SecureConnection> DialAsync(Stream connection, NodeId wanted, CancellationToken cancellationToken);

    /// <summary>Proves ourselves to whoever dialled us, and learns who it is.</summary>
    Task<SecureConnection> AcceptAsync(Stream connection, CancellationToken cancellationToken);
}
