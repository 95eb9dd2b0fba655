using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>A network that joined and that nothing happens to: walks find exactly the closest, and gets are short.</summary>
internal sealed class Recall() : Scenario("recall", "A walk by every node for a random point, in a network built by joining; then gets of records with k holders.")
{
    private const int Gets = 500;
    private const double ToFourDigits = 0.99995;

    /// <summary>A walk ends without those who take longer; on lognormal links there are such pairs.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        await WalkAsync(trial, network);
        await GetAsync(trial, network);
    });

    private static async Task WalkAsync(Trial trial, VirtualNetwork network)
    {
        trial.Progress.Begin("walking", network.Nodes.Count);
        KademliaNode[] askers = [.. network.Nodes];
        Walked[] walks = await trial.RepeatAsync(
            network, askers.Length, TimeSpan.FromMilliseconds(20), i => WalkAsync(network, askers[i], trial.BucketSize));
        trial.AtLeast("recall of the closest k, to four digits", walks.Average(w => w.Recall), ToFourDigits);
        trial.Note("walks that were exact", walks.Count(w => w.Missed == 0) / (double)walks.Length);
        trial.Note("nodes that were missed", walks.Sum(w => w.Missed));
        trial.Note("of them farther than a walk waits", walks.Sum(w => w.MissedAfar));
    }

    /// <summary>Compares a walk with the truth. The asker is not in its own result, so it is left out of the truth too.</summary>
    private static async Task<Walked> WalkAsync(VirtualNetwork network, KademliaNode asker, int wanted)
    {
        NodeId target = NodeId.Random(network.Random);
        IReadOnlyList<Contact> found = await asker.FindClosestAsync(target);
        KademliaNode[] closest = [.. network.ClosestNodes(target, wanted + 1).Where(n => n != asker).Take(wanted)];
        HashSet<NodeId> ids = [.. found.Select(c => c.Id)];
        KademliaNode[] missed = [.. closest.Where(n => !ids.Contains(n.Id))];
        return new Walked(1 - ((double)missed.Length / closest.Length), missed.Length, missed.Count(n => IsAfar(network, asker, n)));
    }

    private static bool IsAfar(VirtualNetwork network, KademliaNode asker, KademliaNode other) =>
        network.Latency is LognormalLatency latency && latency.RoundTrip(asker.LocalEndPoints[0], other.LocalEndPoints[0]) > LongestWait;

    private static async Task GetAsync(Trial trial, VirtualNetwork network)
    {
        PutReceipt[] receipts = await Traffic.PutContentAsync(trial, network, Gets);
        AskerMeter meter = new(network.Nodes[0].Core.Codec);
        network.Links.Add(meter);
        trial.Progress.Begin("getting", Gets);
        (GetResult Result, long Bytes)[] gets = await trial.RepeatAsync(network, Gets, Traffic.Interval, i => GetAsync(network, meter, receipts[i]));
        Figures sent = new(gets.Select(g => (double)g.Result.Statistics.Sent));
        trial.Note("holders of a record, mean", receipts.Average(r => r.Stored));
        trial.AtLeast("gets that found", Traffic.PartFound([.. gets.Select(g => g.Result)]), 1);
        trial.AtMost("hops of a get, mean", gets.Average(g => g.Result.Statistics.Hops), 2.0);
        trial.AtMost("datagrams sent by a get, median", sent.Median, 9);
        trial.AtMost("bytes of a get both ways, median", new Figures(gets.Select(g => (double)g.Bytes)).Median, 6_000, "B");
    }

    private static async Task<(GetResult Result, long Bytes)> GetAsync(VirtualNetwork network, AskerMeter meter, PutReceipt receipt)
    {
        KademliaNode reader = Traffic.ReaderOf(network, receipt);
        meter.Begin(reader);
        GetResult result = await reader.GetAsync(receipt.Key);
        return (result, meter.End(reader));
    }

    private readonly record struct Walked(double Recall, int Missed, int MissedAfar);
}
