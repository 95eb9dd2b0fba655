using Kademlia.Simulation.Oracles;
using Kademlia.Simulation.Running;

namespace Kademlia.Simulation;

/// <content>Machines and the nodes on them.</content>
public sealed partial class VirtualNetwork
{
    /// <summary>A node joins through so many others.</summary>
    private const int Bootstraps = 3;

    /// <summary>So often one is drawn that may be of another address family, or was drawn before.</summary>
    private const int MaxDraws = 32;

    private readonly List<KademliaNode> _nodes = [];
    private readonly Dictionary<KademliaNode, VirtualMachine> _machines = [];
    private readonly AddressPlan _addresses = new();
    private ClosestOracle? _oracle;

    /// <summary>The nodes that run, in the order in which they were started.</summary>
    public IReadOnlyList<KademliaNode> Nodes => _nodes;

    /// <summary>The machine that a node runs on.</summary>
    /// <exception cref="ArgumentException">The node does not run in this network.</exception>
    public VirtualMachine MachineOf(KademliaNode node) => _machines.TryGetValue(node, out VirtualMachine? machine)
        ? machine
        : throw new ArgumentException("The node does not run in this network. It may have ended.", nameof(node));

    /// <summary>Adds a machine with a public address in a network of its own.</summary>
    /// <param name="ipv4">Whether it has an IPv4 address.</param>
    /// <param name="ipv6">Whether it has an IPv6 address.</param>
    public VirtualMachine AddMachine(bool ipv4 = true, bool ipv6 = false) => new(this, _addresses.Next(ipv4, ipv6));

    /// <summary>Adds a machine at the endpoints given, such as several in one address group.</summary>
    public VirtualMachine AddMachine(params IReadOnlyList<PeerEndPoint> endPoints) => new(this, endPoints);

    /// <summary>Starts a node on a machine of its own.</summary>
    /// <inheritdoc cref="VirtualMachine.StartAsync"/>
    public Task<KademliaNode> StartNodeAsync(KademliaOptions? options = null, CancellationToken cancellationToken = default) =>
        AddMachine().StartAsync(options, cancellationToken);

    /// <summary>Starts nodes on machines of their own, one after the other.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="interval">The time between two starts; 100 ms when null. Nobody waits for the one before.</param>
    /// <returns>The nodes, when all have joined.</returns>
    public async Task<IReadOnlyList<KademliaNode>> StartNodesAsync(int count, KademliaOptions? options = null, TimeSpan? interval = null)
    {
        Task<KademliaNode>[] starts = new Task<KademliaNode>[count];
        for (int i = 0; i < count; i++)
        {
            starts[i] = StartNodeAsync(options);
            await DelayAsync(interval ?? TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
        }

        return await Task.WhenAll(starts).ConfigureAwait(false);
    }

    /// <summary>Kills a node at once. See <see cref="VirtualMachine.Kill"/>.</summary>
    public void Kill(KademliaNode node) => MachineOf(node).Kill();

    /// <summary>Kills a part of the nodes in one instant.</summary>
    /// <param name="fraction">The part: 0.4 kills four of ten.</param>
    public void KillAtRandom(double fraction)
    {
        KademliaNode[] nodes = [.. _nodes];
        Random.Shuffle(nodes);
        foreach (KademliaNode node in nodes.Take((int)Math.Round(fraction * nodes.Length)))
        {
            Kill(node);
        }
    }

    /// <summary>Lets somebody who is not an honest node into the network.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="endPoint">Where; an address in a network of its own when null.</param>
    /// <returns>The actor.</returns>
    public TActor Admit<TActor>(TActor actor, PeerEndPoint? endPoint = null)
        where TActor : Actor
    {
        ArgumentNullException.ThrowIfNull(actor);
        actor.Enter(this, endPoint ?? _addresses.Next(ipv4: true, ipv6: false)[0]);
        return actor;
    }

    /// <summary>The nodes that are truly the closest to a point, the closest first: what a perfect lookup finds.</summary>
    /// <remarks>Of those that serve; of each address group one, as lookups have it, unless there are too few groups.</remarks>
    public IReadOnlyList<KademliaNode> ClosestNodes(NodeId target, int count = 20)
    {
        _oracle ??= new ClosestOracle(_nodes.Where(n => n.Info.Role == NodeRole.Server).Select(n => (n, MachineOf(n).EndPoints[0])));
        return _oracle.Closest(target, count);
    }

    /// <summary>One of the nodes that run.</summary>
    public KademliaNode RandomNode() => _nodes.Count > 0
        ? _nodes[Random.Next(_nodes.Count)]
        : throw new InvalidOperationException("No node runs.");

    internal bool IsRunning(KademliaNode node) => _machines.ContainsKey(node);

    internal void OnStarted(VirtualMachine machine)
    {
        _oracle = null;
        _nodes.Add(machine.Node!);
        _machines.Add(machine.Node!, machine);
    }

    internal void OnRoleChanged() => _oracle = null;

    internal void OnEnded(VirtualMachine machine)
    {
        _oracle = null;
        _nodes.Remove(machine.Node!);
        _machines.Remove(machine.Node!);
    }

    internal IReadOnlyList<Bootstrap> ChooseBootstraps(VirtualMachine newcomer)
    {
        HashSet<PeerEndPoint> chosen = [];
        for (int i = 0; i < MaxDraws && chosen.Count < Bootstraps && _nodes.Count > 0; i++)
        {
            VirtualMachine machine = _machines[_nodes[_choices.Next(_nodes.Count)]];
            chosen.UnionWith(machine.EndPoints.Where(e => newcomer.TryGetEndPoint(e.IsIPv4, out _)).Take(1));
        }

        return [.. chosen.Select(e => new Bootstrap(e.Address.ToString(), (ushort)e.Port))];
    }
}
