using Kademlia.Core;
using Kademlia.Identity;

namespace Kademlia.Tests.Core;

/// <summary>A network of real cores on one heap of events, in virtual time: same seed, same trace.</summary>
/// <remarks>
/// Links have a round trip drawn per pair, so that near nodes stay near, and lose datagrams at a given rate. Effects complete
/// after a fixed time. Every datagram that is delivered goes into the trace hash.
/// </remarks>
internal sealed class World
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan EffectTime = TimeSpan.FromMicroseconds(300);

    /// <summary>At every so many inputs, the node that took it in is checked; in Debug tables and lookups check themselves at each change, too.</summary>
#if DEBUG
    private const int CheckInterval = 16;
#else
    private const int CheckInterval = 1000;
#endif

    private readonly PriorityQueue<Action, (TimeSpan Due, long Order)> _events = new();
    private readonly Random _random;
    private readonly Dictionary<PeerEndPoint, WorldNode> _nodes = [];
    private readonly Dictionary<PeerEndPoint, Action<byte[], PeerEndPoint>> _strangers = [];
    private long _order;
    private int _addresses;
    private long _inputs;
    private ulong _trace = 14695981039346656037;

    public World(int seed)
    {
        _random = new Random(seed);
        Scheme = new KeyedHashScheme(_random);
    }

    public KeyedHashScheme Scheme { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>The wall clock of every node, which has no skew here.</summary>
    public DateTimeOffset Wall => Start + Now;

    /// <summary>The part of datagrams that vanish, in each direction.</summary>
    public double Loss { get; set; }

    /// <summary>What was lost by <see cref="Loss"/>: a fault that is switched on must fire.</summary>
    public int Lost { get; private set; }

    /// <summary>Which datagrams cannot pass: from, to. Null where all can.</summary>
    public Func<PeerEndPoint, PeerEndPoint, bool>? Partition { get; set; }

    /// <summary>What <see cref="Partition"/> kept back.</summary>
    public int Cut { get; private set; }

    /// <summary>Called for each datagram that is sent: from, to, bytes.</summary>
    public Action<PeerEndPoint, PeerEndPoint, byte[]>? Sniffer { get; set; }

    public TimeSpan LeastLatency { get; init; } = TimeSpan.FromMilliseconds(5);

    public TimeSpan GreatestLatency { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>How long every datagram is on its way, instead of a time drawn for each pair.</summary>
    public TimeSpan? FixedLatency { get; set; }

    /// <summary>How much longer a datagram is on its way: from, to. Null where none is.</summary>
    public Func<PeerEndPoint, PeerEndPoint, TimeSpan>? Detour { get; set; }

    public List<WorldNode> Nodes { get; } = [];

    /// <summary>A number that any difference in what was delivered, when, or to whom, changes.</summary>
    public ulong Trace => _trace;

    public Random Random => _random;

    /// <summary>Adds a node at an address of its own network; it joins through the nodes given.</summary>
    public WorldNode Add(Func<CoreOptions, CoreOptions>? configure = null, bool ipv4 = true, params WorldNode[] bootstrap)
    {
        CoreOptions options = new() { Network = 1, HasIPv4 = ipv4, HasIPv6 = !ipv4 };
        return Add(configure?.Invoke(options) ?? options, Scheme.CreateIdentity(), [NextEndPoint(ipv4)], bootstrap);
    }

    /// <summary>Adds a node with an address of each family.</summary>
    public WorldNode AddDual(params WorldNode[] bootstrap) => AddDual(o => o, bootstrap);

    /// <summary>Adds a node with an address of each family.</summary>
    public WorldNode AddDual(Func<CoreOptions, CoreOptions> configure, params WorldNode[] bootstrap) => Add(
        configure(new CoreOptions { Network = 1, HasIPv4 = true, HasIPv6 = true }),
        Scheme.CreateIdentity(),
        [NextEndPoint(ipv4: true), NextEndPoint(ipv4: false)],
        bootstrap);

    /// <summary>Puts a new node, which knows nothing, where another was: the same again, or with an identity of its own.</summary>
    public WorldNode Replace(WorldNode node, NodeIdentity identity)
    {
        Kill(node);
        return Add(node.Core.Options, identity, node.EndPoints);
    }

    /// <summary>Adds nodes that join through the first, one after the other, and lets them settle.</summary>
    public void Grow(int count, Func<CoreOptions, CoreOptions>? configure = null)
    {
        for (int i = 0; i < count; i++)
        {
            WorldNode node = Nodes.Count == 0 ? Add(configure) : Add(configure, true, Nodes[0]);
            node.Begin();
            Run(TimeSpan.FromSeconds(2));
        }
    }

    public void Attach(WorldNode node)
    {
        Nodes.Add(node);
        foreach (PeerEndPoint endPoint in node.EndPoints)
        {
            _nodes[endPoint] = node;
        }
    }

    /// <summary>Hands what is sent to an endpoint without a node to a test.</summary>
    public void Listen(PeerEndPoint endPoint, Action<byte[], PeerEndPoint> receive) => _strangers[endPoint] = receive;

    /// <summary>Takes a node off the network at once: nothing more reaches or leaves it.</summary>
    public void Kill(WorldNode node)
    {
        node.IsDead = true;
        Nodes.Remove(node);
        foreach (PeerEndPoint endPoint in node.EndPoints)
        {
            _nodes.Remove(endPoint);
        }
    }

    /// <summary>A node has taken an input in: what must hold, holds.</summary>
    public void OnInput(WorldNode node)
    {
        if (++_inputs % CheckInterval == 0)
        {
            node.Core.AssertInvariants();
        }
    }

    public void At(TimeSpan due, Action action) => _events.Enqueue(action, (due, _order++));

    public void AfterEffect(Action action) => At(Now + EffectTime, action);

    /// <summary>Runs all that happens within a time.</summary>
    public void Run(TimeSpan time)
    {
        TimeSpan end = Now + time;
        while (_events.TryPeek(out _, out (TimeSpan Due, long) next) && next.Due <= end)
        {
            Now = next.Due;
            _events.Dequeue()();
        }

        Now = end;
    }

    /// <summary>Runs until an operation has ended; fails when it takes longer than any may.</summary>
    public T Await<T>(WorldOperation<T> operation)
    {
        TimeSpan limit = Now + TimeSpan.FromMinutes(2);
        while (!operation.IsEnded)
        {
            Assert.True(Now < limit, "The operation does not end.");
            Assert.True(_events.TryDequeue(out Action? next, out (TimeSpan Due, long) key), "Nothing is left to happen, and the operation waits.");
            Now = key.Due;
            next();
        }

        return operation.Result;
    }

    public void Carry(PeerEndPoint from, PeerEndPoint to, byte[] datagram)
    {
        Sniffer?.Invoke(from, to, datagram);
        if (Partition?.Invoke(from, to) == true)
        {
            Cut++;
            return;
        }

        if (_random.NextDouble() < Loss)
        {
            Lost++;
            return;
        }

        TimeSpan detour = Detour?.Invoke(from, to) ?? TimeSpan.Zero;
        At(Now + (FixedLatency ?? Latency(from, to)) + detour, () => Deliver(from, to, datagram));
    }

    private void Deliver(PeerEndPoint from, PeerEndPoint to, byte[] datagram)
    {
        if (_nodes.TryGetValue(to, out WorldNode? node))
        {
            Mix((ulong)Now.Ticks);
            Mix(to.High ^ to.Low);
            Mix(HashOf(datagram));
            node.Receive(datagram, from);
        }
        else if (_strangers.TryGetValue(to, out Action<byte[], PeerEndPoint>? receive))
        {
            receive(datagram, from);
        }
    }

    private WorldNode Add(
        CoreOptions options, NodeIdentity identity, IReadOnlyList<PeerEndPoint> endPoints, params WorldNode[] bootstrap)
    {
        WorldNode node = new(this, endPoints, options with { LocalEndPoints = endPoints }, identity, new Random(_random.Next()))
        {
            Bootstrap = [.. bootstrap.SelectMany(b => b.EndPoints)],
        };
        Attach(node);
        return node;
    }

    private PeerEndPoint NextEndPoint(bool ipv4)
    {
        int number = ++_addresses;
        return ipv4
            ? PeerEndPoint.Parse($"{20 + (number % 100)}.{number / 250}.{number % 250}.7:7411")
            : PeerEndPoint.Parse($"[2a00:{number:x}::1]:7411");
    }

    private TimeSpan Latency(PeerEndPoint from, PeerEndPoint to)
    {
        Random pair = new((int)((from.Low ^ to.Low) * 2654435761 >> 7));
        return LeastLatency + ((GreatestLatency - LeastLatency) * pair.NextDouble());
    }

    private void Mix(ulong value) => _trace = (_trace ^ value) * 1099511628211;

    private static ulong HashOf(byte[] bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }
}
