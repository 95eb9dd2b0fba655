namespace Kademlia.Tests.Transport;

/// <summary>A network in memory: datagrams wait in one queue, in the order in which they were sent, until somebody pumps.</summary>
/// <remarks>
/// Deterministic when one thread pumps. A datagram to an endpoint where nobody is, is lost, as in life; so is one that the queue has no room for.
/// </remarks>
public sealed class MemoryNetwork
{
    private const int MaxQueued = 100_000;

    private readonly Lock _lock = new();
    private readonly Queue<Flight> _flights = new();
    private readonly Dictionary<PeerEndPoint, MemoryTransport> _transports = [];

    /// <summary>How many datagrams were pushed to a handler.</summary>
    public long Delivered { get; private set; }

    /// <summary>Makes a transport that is reached at an endpoint.</summary>
    public MemoryTransport CreateTransport(PeerEndPoint endPoint)
    {
        MemoryTransport transport = new(this, endPoint);
        lock (_lock)
        {
            _transports.Add(endPoint, transport);
        }

        return transport;
    }

    /// <summary>Delivers all that is under way, and all that is sent in answer, until nothing is; returns how many were delivered.</summary>
    public int Pump()
    {
        int delivered = 0;
        while (DeliverOne())
        {
            delivered++;
        }

        return delivered;
    }

    /// <summary>Delivers the datagram that was sent first; false when none is under way.</summary>
    public bool DeliverOne()
    {
        Flight flight;
        MemoryTransport? receiver;
        lock (_lock)
        {
            do
            {
                if (!_flights.TryDequeue(out flight))
                {
                    return false;
                }
            }
            while (!_transports.TryGetValue(flight.Destination, out receiver));
            Delivered++;
        }

        receiver.Push(flight.Bytes, flight.Source);
        return true;
    }

    internal bool Enqueue(ReadOnlySpan<byte> datagram, PeerEndPoint source, PeerEndPoint destination)
    {
        lock (_lock)
        {
            if (_flights.Count >= MaxQueued)
            {
                return false;
            }

            _flights.Enqueue(new Flight(datagram.ToArray(), source, destination));
            return true;
        }
    }

    internal void Remove(PeerEndPoint endPoint)
    {
        lock (_lock)
        {
            _transports.Remove(endPoint);
        }
    }

    private readonly record struct Flight(byte[] Bytes, PeerEndPoint Source, PeerEndPoint Destination);
}
