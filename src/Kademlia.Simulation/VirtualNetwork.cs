using Kademlia.Identity;
using Kademlia.Simulation.Running;

namespace Kademlia.Simulation;

/// <summary>A network of real nodes in one process, on virtual time: the same seed gives the same run, datagram for datagram.</summary>
/// <remarks>
/// <para>The nodes are <see cref="KademliaNode"/>s with everything that belongs to them; only sockets, clocks, disks, processors and
/// signatures are the network's. Signatures have the real size and take the real time, but are keyed hashes.</para>
/// <para>Time stands still until <see cref="Run(TimeSpan)"/> or <see cref="Run(Func{Task})"/>, which are called by one thread at a time.
/// Inside, <c>await</c> what nodes and network give; each continuation is an event of the network. <see cref="Task.Delay(TimeSpan, TimeProvider)"/>
/// takes <see cref="TimeProvider"/>. What leaves virtual time and comes back on another thread is refused with an
/// <see cref="InvalidOperationException"/>.</para>
/// <para>Machines have synthetic public addresses, each in a network of its own, so that address rules hold as they do outside.</para>
/// </remarks>
public sealed partial class VirtualNetwork
{
    private readonly Random _seeds;
    private readonly Random _choices;
    private readonly KeyedHashScheme _signatures;

    /// <summary>Makes an empty network.</summary>
    /// <param name="seed">Everything that is left to chance follows from it.</param>
    public VirtualNetwork(int seed)
    {
        Seed = seed;
        _seeds = new Random(seed);
        _choices = NextRandom();
        Random = NextRandom();
        _signatures = new KeyedHashScheme(NextRandom());
        World = new VirtualWorld();
        Internet = new Internet(World, NextRandom());
    }

    /// <summary>What the network was made with.</summary>
    public int Seed { get; }

    /// <summary>How long the network has existed, in virtual time.</summary>
    public TimeSpan Now => World.Now;

    /// <summary>Virtual time for the application: its timers fire in the order of the network's events.</summary>
    public TimeProvider TimeProvider => World.Clock;

    /// <summary>Randomness for the application's own choices, which come from the seed too.</summary>
    public Random Random { get; }

    /// <summary>How long datagrams are on their way. The default is lognormal with a median round trip of 150 ms.</summary>
    public Latency Latency
    {
        get => Internet.Latency;
        set => Internet.Latency = value;
    }

    /// <summary>What else the links do to datagrams, in this order. There is nothing at first.</summary>
    public IList<LinkRule> Links => Internet.Rules;

    /// <summary>A number that any difference in what was delivered, when, or to whom, changes.</summary>
    public ulong Trace => Internet.Trace.Hash;

    /// <summary>What happened to datagrams since the beginning.</summary>
    public VirtualCounters Counters => new(
        Internet.Sent, Internet.BytesSent, Internet.Delivered, Internet.Lost, Internet.Unreachable, Internet.Duplicated, Internet.UnderWay, World.Ran);

    /// <summary>So long may the work in <see cref="Run(Func{Task})"/> wait for operations of nodes before it counts as stuck. The default is 1 h of virtual time.</summary>
    public TimeSpan Patience
    {
        get => World.Patience;
        set => World.Patience = value;
    }

    internal VirtualWorld World { get; }

    internal Internet Internet { get; }

    internal SignatureScheme Signatures => _signatures;

    /// <summary>Lets virtual time pass.</summary>
    public void Run(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        World.Run(time);
    }

    /// <summary>Runs an application's work, and everything else that happens meanwhile, until the work has ended.</summary>
    /// <exception cref="VirtualDeadlockException">The work waits for what cannot happen any more.</exception>
    public void Run(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        World.Run(work);
    }

    /// <inheritdoc cref="Run(Func{Task})"/>
    /// <returns>What the work gave.</returns>
    public T Run<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        T result = default!;
        World.Run(async () => result = await work().ConfigureAwait(true));
        return result;
    }

    /// <summary>Checks what must hold in every node and for all datagrams. The network checks nodes by itself now and then; in Debug more often than in Release.</summary>
    /// <exception cref="InvalidOperationException">Something does not hold: an error in the library, or in an actor.</exception>
    public void AssertInvariants()
    {
        foreach (KademliaNode node in Nodes)
        {
            node.Core.AssertInvariants();
        }

        VirtualCounters c = Counters;
        if (c.Sent + c.Duplicated != c.Delivered + c.Lost + c.Unreachable + c.UnderWay)
        {
            throw new InvalidOperationException($"Datagrams are not conserved: {c}");
        }
    }

    /// <summary>Waits for virtual time to pass.</summary>
    public Task DelayAsync(TimeSpan time, CancellationToken cancellationToken = default) =>
        Task.Delay(time, TimeProvider, cancellationToken);

    /// <summary>Makes an identity whose signatures the nodes of this network accept.</summary>
    /// <param name="idDifficulty">What <see cref="KademliaOptions.IdDifficulty"/> asks for.</param>
    public NodeIdentity CreateIdentity(int idDifficulty = 0) => _signatures.CreateIdentity(idDifficulty);

    /// <summary>Makes an identity whose id lies next to a point, as an attacker would by making key pairs until one fits.</summary>
    /// <param name="point">The point, such as the hash of a key.</param>
    /// <param name="bits">How many leading bits they share: each doubles the work, which begins at a microsecond.</param>
    public NodeIdentity CreateIdentityNear(NodeId point, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, NodeIdentity.MaxIdDifficulty);
        NodeIdentity identity;
        do
        {
            identity = CreateIdentity();
        }
        while (identity.Id.CommonPrefixLength(point) < bits);
        return identity;
    }

    internal Random NextRandom() => new(_seeds.Next());
}
