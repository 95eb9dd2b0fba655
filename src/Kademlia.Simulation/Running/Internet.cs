namespace Kademlia.Simulation.Running;

/// <summary>Carries datagrams between machines, as its latency and the rules of its links have it.</summary>
internal sealed class Internet(VirtualWorld world, Random random)
{
    private readonly Dictionary<PeerEndPoint, Action<Flight>> _places = [];
    private readonly Stack<Flight> _free = [];

    public Latency Latency { get; set; } = new LognormalLatency();

    public List<LinkRule> Rules { get; } = [];

    public Trace Trace { get; } = new();

    public long Sent { get; private set; }

    public long BytesSent { get; private set; }

    public long Delivered { get; private set; }

    /// <summary>Lost by a rule.</summary>
    public long Lost { get; private set; }

    /// <summary>Arrived where nobody is.</summary>
    public long Unreachable { get; private set; }

    /// <summary>Not yet arrived.</summary>
    public long UnderWay { get; private set; }

    /// <summary>Arrived more than once.</summary>
    public long Duplicated { get; private set; }

    public void Attach(IEnumerable<PeerEndPoint> endPoints, Action<Flight> receive)
    {
        foreach (PeerEndPoint endPoint in endPoints)
        {
            _places[endPoint] = receive;
        }
    }

    public void Detach(IEnumerable<PeerEndPoint> endPoints)
    {
        foreach (PeerEndPoint endPoint in endPoints)
        {
            _places.Remove(endPoint);
        }
    }

    public bool Carry(ReadOnlySpan<byte> datagram, PeerEndPoint source, PeerEndPoint destination)
    {
        world.ThrowIfElsewhere();
        Flight flight = _free.TryPop(out Flight? used) ? used : new Flight(this);
        flight.Load(datagram, source, destination, world.Now, Latency.OneWay(source, destination, random));
        Sent++;
        BytesSent += datagram.Length;
        foreach (LinkRule rule in Rules)
        {
            rule.Touch(flight, random);
        }

        for (int i = 0; i < flight.Duplicates && !flight.IsLost; i++)
        {
            Duplicated++;
            Send(CopyOf(flight));
        }

        if (flight.IsLost)
        {
            Lost++;
            _free.Push(flight);
        }
        else
        {
            Send(flight);
        }

        return true;
    }

    public void Arrive(Flight flight)
    {
        UnderWay--;
        if (_places.TryGetValue(flight.Destination, out Action<Flight>? receive))
        {
            Delivered++;
            Trace.Mix((ulong)world.NowTicks);
            Trace.Mix(flight.Destination.High ^ flight.Destination.Low ^ (ulong)flight.Destination.Port);
            Trace.Mix(flight.Bytes);
            receive(flight);
        }
        else
        {
            Unreachable++;
        }

        _free.Push(flight);
    }

    /// <summary>Delivers a datagram that has arrived, but at a machine that stands still, when the machine goes on.</summary>
    public void Hold(Flight flight, long until)
    {
        Flight held = CopyOf(flight);
        Delivered--;
        UnderWay++;
        world.Add(until, held.Arriving);
    }

    private void Send(Flight flight)
    {
        UnderWay++;
        world.Add(world.NowTicks + Math.Max(0, flight.Delay.Ticks), flight.Arriving);
    }

    private Flight CopyOf(Flight flight)
    {
        Flight copy = _free.TryPop(out Flight? used) ? used : new Flight(this);
        copy.Load(flight.Bytes, flight.Source, flight.Destination, flight.SentAt, flight.Delay);
        return copy;
    }
}
