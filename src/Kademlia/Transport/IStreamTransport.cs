namespace Kademlia.Transport;

/// <summary>Takes over a connection that another made. It is the handler's to dispose.</summary>
/// <param name="connection">Reliable and ordered, in both directions; closed by disposing it.</param>
/// <param name="from">Where it comes from.</param>
public delegate void ConnectionHandler(Stream connection, PeerEndPoint from);

/// <summary>Makes and takes connections between nodes: reliable, ordered, unauthenticated, in the clear.</summary>
/// <remarks>
/// The node proves and encrypts what goes over them (PROTOCOL.md, section 9). On each connection it reads and writes at once, one call of each at a time,
/// by <see cref="Stream.ReadAsync(Memory{byte}, CancellationToken)"/>, which gives 0 when the other side has closed, and
/// <see cref="Stream.WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>, which waits while the other side does not read.
/// A node owns the transport that it was given and disposes it.
/// </remarks>
public interface IStreamTransport : IDisposable
{
    /// <summary>The endpoints that the transport listens on, with their real ports.</summary>
    IReadOnlyList<PeerEndPoint> LocalEndPoints { get; }

    /// <summary>Begins to take connections. Called once; none is handed over before it or after <see cref="IDisposable.Dispose"/> has returned.</summary>
    void Start(ConnectionHandler handler);

    /// <summary>Connects to an endpoint.</summary>
    /// <exception cref="IOException">Nobody takes connections there, or there is no way; the message says which.</exception>
    ValueTask<Stream> ConnectAsync(PeerEndPoint destination, CancellationToken cancellationToken);
}
