using Kademlia.Scenarios.Pictures;
using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>Most of the nodes die in one instant, and every record is read before anybody can repair anything.</summary>
internal sealed class MassFailure() : Scenario("mass-failure", "50, 70 and 80 % of the nodes are killed in one instant; records are read at once.")
{
    private const int Records = 1_000;
    private const int Gets = 2_000;

    private static readonly (double Killed, double Goal)[] Cases = [(0.50, 0.999), (0.70, 0.995), (0.80, 0.97)];

    /// <summary>All gets begin within a second of the failure.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1) / Gets;

    public override bool HasPicture => true;

    public override void Run(Trial trial)
    {
        List<Series> curves = [];
        foreach ((double killed, double goal) in Cases)
        {
            trial.Run(network => FailAsync(trial, network, killed, goal, curves));
        }

        trial.Picture = new Chart(
            "Gets after most nodes died at once", new Axis("s since the get began", Least: 0), new Axis("% that have found", Least: 0, Most: 100), curves);
    }

    private static async Task FailAsync(Trial trial, VirtualNetwork network, double killed, double goal, List<Series> curves)
    {
        await trial.StartNodesAsync(network);
        PutReceipt[] receipts = await Traffic.PutContentAsync(trial, network, Records);
        int before = network.Nodes.Count;
        network.KillAtRandom(killed);
        Trial.MustHaveHappened($"{killed:P0} killed", before - network.Nodes.Count);
        GetResult[] results = await Traffic.GetAsync(trial, network, receipts, Gets, Interval);
        Figures found = Traffic.Milliseconds(results.Where(r => r.Found));
        string name = $"{100 * killed:0} % killed";
        trial.AtLeast($"{name}: gets that found", Traffic.PartFound(results), goal);
        trial.Note($"{name}: records that kept a holder", receipts.Count(r => IsHeld(network, r)) / (double)Records);
        trial.Note($"{name}: get p50", found.Median, "ms");
        if (killed == Cases[0].Killed)
        {
            trial.AtMost($"{name}: get p99", found.Percentile(0.99), 1_000, "ms");
        }
        else
        {
            trial.Note($"{name}: get p99", found.Percentile(0.99), "ms");
        }

        Figures seconds = new(found.Sorted.Select(ms => ms / 1000));
        curves.Add(Series.Cumulative(name, seconds, Traffic.PartFound(results)));
    }

    /// <summary>Nothing can be found that died with all its holders.</summary>
    private static bool IsHeld(VirtualNetwork network, PutReceipt receipt)
    {
        HashSet<NodeId> holders = [.. receipt.Verdicts.Where(v => v.Outcome == StoreOutcome.Stored).Select(v => v.Contact.Id)];
        return network.Nodes.Any(n => holders.Contains(n.Id));
    }
}
