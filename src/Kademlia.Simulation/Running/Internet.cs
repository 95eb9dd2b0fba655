using Kademlia.Simulation.Running.Streams;

namespace Kademlia.Simulation.Running;

/// <summary>Carries datagrams between machines, as its latency and the rules of its links have it.</summary>
internal sealed class Internet(VirtualWorld world, Random random)
{
    /// <summary>What a link does to a connection is tried on so many bytes of it.</summary>
    private const int MaxSegment = Transport.IDatagramTransport.MaxDatagramLength;

    /// <summary>As TCP does it on Linux: what is lost is sent again after 200 ms, then after twice as long each time.</summary>
    private static readonly TimeSpan FirstRetransmission = TimeSpan.FromMilliseconds(200);

    /// <summary>After such a wait in vain the connection counts as broken.</summary>
    private static readonly TimeSpan LastRetransmission = TimeSpan.FromMinutes(2);

    private readonly Dictionary<PeerEndPoint, Action<Flight>> _places = [];
    private readonly Dictionary<PeerEndPoint, VirtualStreamTransport> _listeners = [];
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

    /// <summary>Who takes connections at an endpoint; null when nobody does.</summary>
    public VirtualStreamTransport? ListenerAt(PeerEndPoint endPoint) => _listeners.GetValueOrDefault(endPoint);

    public void Listen(IEnumerable<PeerEndPoint> endPoints, VirtualStreamTransport listener)
    {
        foreach (PeerEndPoint endPoint in endPoints)
        {
            _listeners[endPoint] = listener;
        }
    }

    public void Unlisten(IEnumerable<PeerEndPoint> endPoints, VirtualStreamTransport listener)
    {
        foreach (PeerEndPoint endPoint in endPoints.Where(e => ListenerAt(e) == listener))
        {
            _listeners.Remove(endPoint);
        }
    }

    /// <summary>Carries a part of a connection: what a link loses of it is sent again, and only comes later.</summary>
    /// <param name="source">Who sends it.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="bytes">What is sent.</param>
    /// <param name="arrive">Called when it arrives where a node runs, with source and destination as they are there.</param>
    /// <param name="onLost">Called when nothing gets through.</param>
    public void CarrySegment(
        PeerEndPoint source, PeerEndPoint destination, ReadOnlyMemory<byte> bytes, Action<PeerEndPoint, PeerEndPoint> arrive, Action onLost)
    {
        world.ThrowIfElsewhere();
        Transmit(FirstRetransmission);

        void Transmit(TimeSpan wait)
        {
            Flight flight = _free.TryPop(out Flight? used) ? used : new Flight(this);
            flight.Load(bytes.Span[..Math.Min(bytes.Length, MaxSegment)], source, destination, world.Now, Latency.OneWay(source, destination, random));
            foreach (LinkRule rule in Rules)
            {
                rule.Touch(flight, random);
            }

            (bool isLost, PeerEndPoint from, PeerEndPoint to, TimeSpan delay) = (flight.IsLost, flight.Source, flight.Destination, flight.Delay);
            _free.Push(flight);
            if (!isLost)
            {
                world.At(world.Now + delay, () => ArriveSegment(from, to, bytes, arrive));
            }
            else if (wait < LastRetransmission)
            {
                world.At(world.Now + wait, () => Transmit(2 * wait));
            }
            else
            {
                world.At(world.Now + wait, onLost);
            }
        }
    }

    private void ArriveSegment(PeerEndPoint from, PeerEndPoint to, ReadOnlyMemory<byte> bytes, Action<PeerEndPoint, PeerEndPoint> arrive)
    {
        VirtualStreamTransport? listener = ListenerAt(to);
        if (listener?.Clock.IsPaused(out long until) == true)
        {
            world.At(new TimeSpan(until), () => ArriveSegment(from, to, bytes, arrive));
        }
        else if (listener is not null)
        {
            Trace.Mix((ulong)world.NowTicks);
            Trace.Mix(bytes.Span);
            arrive(from, to);
        }
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
