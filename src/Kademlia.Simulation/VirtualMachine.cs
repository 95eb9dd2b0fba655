using System.Diagnostics;
using System.Net;
using Kademlia.Simulation.Running;
using Kademlia.Simulation.Running.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kademlia.Simulation;

/// <summary>A place in a virtual network where a node runs: addresses, a clock and a disk, which stay when the node ends.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class VirtualMachine
{
    private readonly VirtualNetwork _network;
    private Action? _turnOff;
    private KademliaOptions _options = new();

    internal VirtualMachine(VirtualNetwork network, IReadOnlyList<PeerEndPoint> endPoints)
    {
        _network = network;
        EndPoints = endPoints;
        Clock = new VirtualClock(network.World, this);
    }

    /// <summary>Where the machine is, at most one endpoint in each address family.</summary>
    public IReadOnlyList<PeerEndPoint> EndPoints { get; }

    /// <summary>What outlives the node: its identity, records, what it keeps published, and the contacts that it knew.</summary>
    public VirtualDisk Disk { get; } = new();

    /// <summary>The node that runs here, also while it starts; null when none does.</summary>
    public KademliaNode? Node { get; private set; }

    /// <summary>How far the machine's wall clock is ahead of the true time. Setting it makes the clock jump.</summary>
    public TimeSpan ClockSkew
    {
        get => Clock.Skew;
        set => Clock.Skew = value;
    }

    internal VirtualClock Clock { get; }

    /// <summary>Starts a node, with the identity and the records on the disk, if there are any.</summary>
    /// <param name="options">
    /// How; null for the defaults. Without <see cref="KademliaOptions.Bootstrap"/> it joins through three nodes of the network.
    /// What the machine gives itself must not be set: transport, time, store and files.
    /// </param>
    /// <param name="cancellationToken">Gives the start up.</param>
    public Task<KademliaNode> StartAsync(KademliaOptions? options = null, CancellationToken cancellationToken = default) =>
        StartThroughAsync(_network.ChooseBootstraps, options, cancellationToken);

    /// <summary>Starts a node that joins nobody, though there are others.</summary>
    internal Task<KademliaNode> StartAloneAsync(KademliaOptions? options) => StartThroughAsync(_ => [], options, CancellationToken.None);

    /// <summary>Takes the power away: the node says nothing to anybody any more, and its callers' operations end with an <see cref="ObjectDisposedException"/>.</summary>
    public void Kill()
    {
        if (Node is KademliaNode node)
        {
            IReadOnlyList<Contact> contacts = node.Contacts;
            _turnOff!();
            node.Abort();
            Disk.LosePower(contacts);
        }
    }

    /// <summary>Starts the node again as it was started before, after killing it if it runs.</summary>
    /// <param name="keepDisk">Whether it finds identity, records and contacts of before; otherwise it is a new node at the same place.</param>
    public Task<KademliaNode> RestartAsync(bool keepDisk = true)
    {
        Kill();
        if (!keepDisk)
        {
            Disk.Wipe();
        }

        return StartAsync(_options);
    }

    /// <summary>Nothing happens on the machine for a time; then all that it missed happens at once.</summary>
    public void PauseFor(TimeSpan time) => Clock.PauseUntil(_network.Now + time);

    /// <summary>The machine's first endpoint.</summary>
    public override string ToString() => EndPoints[0].ToString();

    internal bool TryGetEndPoint(bool ipv4, out PeerEndPoint endPoint)
    {
        foreach (PeerEndPoint candidate in EndPoints)
        {
            if (candidate.IsIPv4 == ipv4)
            {
                endPoint = candidate;
                return true;
            }
        }

        endPoint = default;
        return false;
    }

    /// <summary>The node's socket was closed: it has ended.</summary>
    internal void OnClosed()
    {
        _network.OnEnded(this);
        Node = null;
    }

    private async Task<KademliaNode> StartThroughAsync(
        Func<VirtualMachine, IReadOnlyList<Bootstrap>> chooseBootstraps, KademliaOptions? options, CancellationToken cancellationToken)
    {
        if (Node is not null)
        {
            throw new InvalidOperationException($"A node runs on {this} already. Kill it, or start another machine.");
        }

        _options = options ?? new KademliaOptions();
        ThrowIfNotVirtual(_options);
        _options.Validate();
        Disk.Identity = _options.Identity ?? Disk.Identity ?? _network.CreateIdentity(_options.IdDifficulty);
        Node = KademliaNode.Create(_options, Disk.Identity, MakeServices(chooseBootstraps));
        _network.OnStarted(this);
        KademliaNode node = Node;
        await node.BeginAsync([], cancellationToken).ConfigureAwait(false);
        return node;
    }

    private HostServices MakeServices(Func<VirtualMachine, IReadOnlyList<Bootstrap>> chooseBootstraps)
    {
        VirtualDispatcher dispatcher = new(this, _network.World);
        VirtualStreamTransport streams = new(this, _network.Internet);
        _turnOff = () =>
        {
            dispatcher.TurnOff();
            streams.TurnOff();
        };
        Random random = _network.NextRandom();
        return new HostServices
        {
            Transport = new VirtualTransport(this, _network.Internet),
            Streams = _options.MaxStreams > 0 ? streams : null,
            StreamSecurity = (identity, difficulty, membership) => new VirtualSecurity(identity, difficulty, membership, _network.Signatures, random),
            Store = Disk.Open(),
            Time = Clock,
            Logger = _options.LoggerFactory?.CreateLogger<KademliaNode>() ?? NullLogger<KademliaNode>.Instance,
            Bootstraps = _options.Bootstrap.Count > 0 ? _options.ParseBootstraps() : chooseBootstraps(this),
            Signatures = _network.Signatures,
            Random = random,
            Dispatcher = dispatcher,
            RoleChanged = _network.OnRoleChanged,
        };
    }

    private static void ThrowIfNotVirtual(KademliaOptions options)
    {
        Refuse(options.Transport is not null, nameof(KademliaOptions.Transport));
        Refuse(options.StreamTransport is not null, nameof(KademliaOptions.StreamTransport));
        Refuse(options.RecordStore is not null, nameof(KademliaOptions.RecordStore));
        Refuse(options.TimeProvider != TimeProvider.System, nameof(KademliaOptions.TimeProvider));
        Refuse(options.IdentityFile is not null, nameof(KademliaOptions.IdentityFile));
        Refuse(options.StateFile is not null, nameof(KademliaOptions.StateFile));
        Refuse(options.Identity is { Algorithm: not SignatureAlgorithm.KeyedHash }, nameof(KademliaOptions.Identity));
        Refuse(!options.Bootstrap.All(IsAddress), nameof(KademliaOptions.Bootstrap));
    }

    private static void Refuse(bool isSet, string option)
    {
        if (isSet)
        {
            throw new ArgumentException(
                $"{nameof(KademliaOptions)}.{option} leads out of the virtual network, whose machines have their own. Leave it out; "
                + $"identities come from {nameof(VirtualNetwork)}.{nameof(VirtualNetwork.CreateIdentity)}, and bootstrap nodes are addresses.");
        }
    }

    private static bool IsAddress(string bootstrap) => IPEndPoint.TryParse(bootstrap, out _);
}
