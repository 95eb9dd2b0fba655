namespace Kademlia.Transport;

/// <summary>Receives one datagram. The bytes are the transport's: they are valid until the handler returns.</summary>
/// <param name="datagram">The datagram, whole.</param>
/// <param name="from">Where it claims to come from.</param>
public delegate void DatagramHandler(ReadOnlySpan<byte> datagram, PeerEndPoint from);

/// <summary>Carries datagrams between nodes: unreliable, unordered, unauthenticated, at most 1,200 bytes each.</summary>
/// <remarks>
/// The transport pushes: it calls the handler from its own thread or threads, one datagram at a time for each address family.
/// A node owns the transport that it was given and disposes it.
/// </remarks>
public interface IDatagramTransport : IDisposable
{
    /// <summary>The longest datagram that nodes exchange, in bytes.</summary>
    const int MaxDatagramLength = 1200;

    /// <summary>The endpoints that the transport is bound to, with their real ports: at most one for each address family.</summary>
    IReadOnlyList<PeerEndPoint> LocalEndPoints { get; }

    /// <summary>Begins to receive. Called once; no datagram is pushed before it or after <see cref="IDisposable.Dispose"/> has returned.</summary>
    void Start(DatagramHandler handler);

    /// <summary>Sends one datagram. Never blocks and never throws: a datagram that cannot leave now is lost.</summary>
    /// <returns>False when the datagram was lost here: longer than <see cref="MaxDatagramLength"/>, no socket for its family, a full buffer, no route, or a disposed transport.</returns>
    bool Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination);
}
