using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>Links that lose datagrams, from the first joining on.</summary>
internal sealed class Lossy() : Scenario("loss", "10 and 30 % of the datagrams are lost each way, from the first joining on; median round trip 150 ms.")
{
    private const int Operations = 1_000;

    private static readonly Case[] Cases = [new(0.10, 2_000, 4_000), new(0.30, 3_000, 6_000)];

    public override void Run(Trial trial)
    {
        foreach (Case each in Cases)
        {
            trial.Run(network => LoseAsync(trial, network, each));
        }
    }

    private static async Task LoseAsync(Trial trial, VirtualNetwork network, Case each)
    {
        Loss loss = new(each.Rate);
        network.Links.Add(loss);
        await trial.StartNodesAsync(network);
        PutReceipt[] receipts = await Traffic.PutContentAsync(trial, network, Operations);
        double reached = receipts.Average(r => PartReached(network, r, trial.BucketSize));
        GetResult[] results = await Traffic.GetAsync(trial, network, receipts, Operations);
        Trial.MustHaveHappened("loss", loss.Fired);
        string name = $"{100 * each.Rate:0} % lost";
        Figures puts = Traffic.Milliseconds(receipts);
        Figures gets = Traffic.Milliseconds(results);
        trial.AtLeast($"{name}: gets that found", Traffic.PartFound(results), 0.999);
        trial.Note($"{name}: get p50", gets.Median, "ms");
        if (each == Cases[^1])
        {
            trial.AtMost($"{name}: get p99", gets.Percentile(0.99), 1_200, "ms");
        }
        else
        {
            trial.Note($"{name}: get p99", gets.Percentile(0.99), "ms");
        }

        trial.AtLeast($"{name}: part of the true closest that a put reached", reached, 0.95);
        trial.AtMost($"{name}: put p50", puts.Median, each.MedianPut, "ms");
        trial.AtMost($"{name}: put p99", puts.Percentile(0.99), each.SlowPut, "ms");
    }

    private static double PartReached(VirtualNetwork network, PutReceipt receipt, int wanted)
    {
        HashSet<NodeId> holders = [.. receipt.Verdicts.Where(v => v.Outcome == StoreOutcome.Stored).Select(v => v.Contact.Id)];
        IReadOnlyList<KademliaNode> closest = network.ClosestNodes(receipt.Key.Hash, wanted);
        return (double)closest.Count(n => holders.Contains(n.Id)) / closest.Count;
    }

    private readonly record struct Case(double Rate, double MedianPut, double SlowPut);
}
