namespace Kademlia.Simulation;

/// <summary>Nodes come and go: each that runs ends after its session, and another takes its place at once, so that the number stays.</summary>
/// <remarks>
/// A session that is under way when churn begins has lasted for a while already. Where sessions differ much, those that one
/// meets are longer than those that begin: what is left of one is therefore drawn from the sessions weighted by their length.
/// </remarks>
public sealed class Churn
{
    private const int Candidates = 64;

    private readonly VirtualNetwork _network;
    private readonly SessionTimes _sessions;
    private readonly Random _random;
    private bool _stopped;

    private Churn(VirtualNetwork network, SessionTimes sessions)
    {
        _network = network;
        _sessions = sessions;
        _random = network.NextRandom();
    }

    /// <summary>The part of the nodes that say goodbye; the others vanish. The default is 0.</summary>
    public double Graceful { get; private init; }

    /// <summary>How newcomers are started; null for the defaults.</summary>
    public KademliaOptions? Options { get; private init; }

    /// <summary>Nodes that stay, such as those that publish.</summary>
    public ISet<KademliaNode> Stayers { get; } = new HashSet<KademliaNode>();

    /// <summary>How many nodes have ended by churn.</summary>
    public int Ended { get; private set; }

    /// <summary>Begins: from now on every node but the stayers has a session.</summary>
    /// <param name="network">The network.</param>
    /// <param name="sessions">How long nodes stay.</param>
    /// <param name="graceful">See <see cref="Graceful"/>.</param>
    /// <param name="stayers">See <see cref="Stayers"/>; none when null.</param>
    /// <param name="options">See <see cref="Options"/>.</param>
    public static Churn Start(
        VirtualNetwork network,
        SessionTimes sessions,
        double graceful = 0,
        IEnumerable<KademliaNode>? stayers = null,
        KademliaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(sessions);
        Churn churn = new(network, sessions) { Graceful = graceful, Options = options };
        churn.Stayers.UnionWith(stayers ?? []);
        foreach (KademliaNode node in network.Nodes.Except(churn.Stayers))
        {
            churn.EndAfter(churn.Rest(), node);
        }

        return churn;
    }

    /// <summary>Nobody comes or goes any more.</summary>
    public void Stop() => _stopped = true;

    /// <summary>What is left of a session under way: a session drawn with a chance in proportion to its length, at a moment of it.</summary>
    private TimeSpan Rest()
    {
        TimeSpan[] drawn = [.. Enumerable.Range(0, Candidates).Select(_ => _sessions.Draw(_random))];
        double at = drawn.Sum(s => (double)s.Ticks) * _random.NextDouble();
        foreach (TimeSpan session in drawn)
        {
            at -= session.Ticks;
            if (at < 0)
            {
                return session * _random.NextDouble();
            }
        }

        return drawn[^1] * _random.NextDouble();
    }

    private void EndAfter(TimeSpan session, KademliaNode node) =>
        _network.World.At(_network.Now + session, () => _network.World.Context.Run(() => End(node)));

    private async void End(KademliaNode node)
    {
        if (_stopped || !_network.IsRunning(node))
        {
            return;
        }

        Ended++;
        Task start = StartAnotherAsync();
        if (_random.NextDouble() < Graceful)
        {
            await node.DisposeAsync().ConfigureAwait(true);
        }
        else
        {
            _network.Kill(node);
        }

        await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private Task<KademliaNode> StartAnotherAsync()
    {
        VirtualMachine machine = _network.AddMachine();
        Task<KademliaNode> start = machine.StartAsync(Options);
        EndAfter(_sessions.Draw(_random), machine.Node!);
        return start;
    }
}
