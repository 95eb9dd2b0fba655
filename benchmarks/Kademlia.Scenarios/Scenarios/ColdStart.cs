using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>Nodes come that know ten addresses, of which nine lead nowhere.</summary>
internal sealed class ColdStart() : Scenario("cold-start", "Nodes join by 10 bootstrap addresses of which 1 is alive.")
{
    private const int Joiners = 50;
    private const int Addresses = 10;
    private const double TimeGoal = 5_000;
    private const double DatagramsGoal = 250;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        long unreachable = network.Counters.Unreachable;
        trial.Progress.Begin("joining by dead addresses", Joiners);
        Start[] starts = await trial.RepeatAsync(network, Joiners, Interval, _ => JoinAsync(trial, network));
        Trial.MustHaveHappened("dead addresses were asked", network.Counters.Unreachable - unreachable);
        Figures times = new(starts.Select(s => s.Time.TotalMilliseconds));
        Figures datagrams = new(starts.Select(s => (double)s.Sent));
        trial.AtLeast("joiners that proved their own closest k", starts.Count(s => s.Time < Patience) / (double)Joiners, 1);
        trial.Note("until then, p50", times.Median, "ms");
        trial.AtMost("until then, the slowest", times.Sorted[^1], TimeGoal, "ms");
        trial.Note("datagrams sent until then, p50", datagrams.Median);
        trial.AtMost("datagrams sent until then, the most", datagrams.Sorted[^1], DatagramsGoal);
    });

    private static async Task<Start> JoinAsync(Trial trial, VirtualNetwork network)
    {
        string[] addresses = [.. Enumerable.Range(0, Addresses - 1).Select(_ => network.AddMachine().ToString()), network.MachineOf(network.RandomNode()).ToString()];
        network.Random.Shuffle(addresses);
        VirtualMachine machine = network.AddMachine();
        TimeSpan begun = network.Now;
        Task<KademliaNode> start = machine.StartAsync(new KademliaOptions { BucketSize = trial.BucketSize, Bootstrap = addresses });
        KademliaNode joiner = machine.Node!;
        while (!KnowsItsClosest(network, joiner, trial.BucketSize) && network.Now - begun < Patience)
        {
            await network.DelayAsync(Look);
        }

        Start outcome = new(network.Now - begun, joiner.Core.Counters.Sent);
        await start;
        return outcome;
    }

    /// <summary>A table holds only those who proved themselves.</summary>
    private static bool KnowsItsClosest(VirtualNetwork network, KademliaNode joiner, int wanted)
    {
        IEnumerable<KademliaNode> closest = network.ClosestNodes(joiner.Id, wanted + 1).Where(n => n != joiner).Take(wanted);
        return closest.All(n => joiner.Core.Overlays[0].Table.Contains(new Contact(n.Id, n.LocalEndPoints[0])));
    }

    private readonly record struct Start(TimeSpan Time, long Sent);
}
