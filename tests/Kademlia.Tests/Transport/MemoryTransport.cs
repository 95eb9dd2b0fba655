using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

/// <summary>One machine of a <see cref="MemoryNetwork"/>. Its handler runs on the thread that pumps.</summary>
public sealed class MemoryTransport : IDatagramTransport
{
    private readonly MemoryNetwork _network;
    private readonly PeerEndPoint _endPoint;
    private readonly Lock _pushing = new();
    private DatagramHandler? _handler;
    private volatile bool _disposed;

    internal MemoryTransport(MemoryNetwork network, PeerEndPoint endPoint)
    {
        _network = network;
        _endPoint = endPoint;
        LocalEndPoints = [endPoint];
    }

    public IReadOnlyList<PeerEndPoint> LocalEndPoints { get; }

    public void Start(DatagramHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.CompareExchange(ref _handler, handler, null) is not null)
        {
            throw new InvalidOperationException("A transport is started once; this one was started before.");
        }
    }

    public bool Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination) =>
        !_disposed
        && datagram.Length <= IDatagramTransport.MaxDatagramLength
        && destination.IsIPv4 == _endPoint.IsIPv4
        && _network.Enqueue(datagram, _endPoint, destination);

    public void Dispose()
    {
        lock (_pushing)
        {
            _disposed = true;
        }

        _network.Remove(_endPoint);
    }

    /// <summary>Calls the handler; a datagram that comes before the start is lost. Disposing waits for it.</summary>
    internal void Push(ReadOnlySpan<byte> datagram, PeerEndPoint from)
    {
        lock (_pushing)
        {
            if (!_disposed)
            {
                Handle(datagram, from);
            }
        }
    }

    private void Handle(ReadOnlySpan<byte> datagram, PeerEndPoint from)
    {
        try
        {
            _handler?.Invoke(datagram, from);
        }
        catch (TestException)
        {
            // As over UDP: the datagram is lost, hearing goes on. Any other exception is a test's failure and passes.
        }
    }
}
