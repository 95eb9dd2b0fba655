using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>A network that joined and that nothing happens to: walks find exactly the closest, and gets are short.</summary>
internal sealed class Recall() : Scenario("recall", "A walk by every node for a random point, in a network built by joining; then gets of records with k holders.")
{
    private const int Gets = 500;

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        await WalkAsync(trial, network);
        await GetAsync(trial, network);
    });

    /// <summary>Compares a walk with the truth. The asker is not in its own result, so it is left out of the truth too.</summary>
    public static async Task<double> WalkAsync(VirtualNetwork network, KademliaNode asker, int wanted)
    {
        NodeId target = NodeId.Random(network.Random);
        IReadOnlyList<Contact> found = await asker.FindClosestAsync(target);
        NodeId[] closest = [.. network.ClosestNodes(target, wanted + 1).Where(n => n != asker).Take(wanted).Select(n => n.Id)];
        return (double)closest.Intersect(found.Select(c => c.Id)).Count() / closest.Length;
    }

    private static async Task WalkAsync(Trial trial, VirtualNetwork network)
    {
        trial.Progress.Begin("walking", network.Nodes.Count);
        KademliaNode[] askers = [.. network.Nodes];
        double[] recalls = await trial.RepeatAsync(
            network, askers.Length, TimeSpan.FromMilliseconds(20), i => WalkAsync(network, askers[i], trial.BucketSize));
        trial.AtLeast("recall of the closest k", recalls.Average(), 1);
        trial.AtLeast("walks that were exact", recalls.Count(r => r == 1) / (double)recalls.Length, 1);
    }

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
}
