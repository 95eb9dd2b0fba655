using Kademlia.Scenarios.Pictures;
using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>Half of the nodes die; the others forget them, and bring every record back to k holders.</summary>
internal sealed class Repair() : Scenario("repair", "Half of the nodes are killed; tables forget them within 30 min, records have their holders again within 60.")
{
    private const int Records = 500;
    private const double Killed = 0.5;
    private const int Minutes = 60;
    private const int MinuteOfTables = 30;
    private const double StaleGoal = 0.04;

    /// <summary>Of 20.</summary>
    private const double HoldersGoal = 0.9;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RestTime = TimeSpan.FromMinutes(10);

    public override bool HasPicture => true;

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        PutReceipt[] receipts = await Traffic.PutContentAsync(trial, network, Records);
        trial.Progress.Begin("resting");
        await network.DelayAsync(RestTime);
        int before = network.Nodes.Count;
        network.KillAtRandom(Killed);
        Trial.MustHaveHappened("half of the nodes killed", before - network.Nodes.Count);
        await ObserveAsync(trial, network, receipts);
    });

    private static async Task ObserveAsync(Trial trial, VirtualNetwork network, PutReceipt[] receipts)
    {
        PurposeMeter purposes = new(network);
        network.Links.Add(purposes);
        List<(double Minute, Figures Holders)> history = [(0, Holders(network, receipts))];
        trial.Note("stale contacts at once", Census.StaleContacts(network));
        for (int minute = 1; minute <= Minutes; minute++)
        {
            trial.Progress.Begin($"minute {minute}");
            await network.DelayAsync(Minute);
            history.Add((minute, Holders(network, receipts)));
            if (minute == MinuteOfTables)
            {
                trial.AtMost("stale contacts after 30 min", Census.StaleContacts(network), StaleGoal);
            }
        }

        trial.Note("stale contacts after 60 min", Census.StaleContacts(network));
        purposes.Note(trial, "the hour", Minutes * Minute);
        Figures last = history[^1].Holders;
        trial.AtLeast("holders of a record after 60 min, the fewest", last.Sorted[0], HoldersGoal * trial.BucketSize);
        trial.Note("holders of a record after 60 min, mean", last.Mean);
        trial.Picture = PictureOf(history, trial.BucketSize);
    }

    private static Chart PictureOf(List<(double Minute, Figures Holders)> history, int wanted) => new(
        "Holders of a record after half of the nodes died",
        new Axis("minutes", Least: 0),
        new Axis("living holders", Least: 0, Most: wanted),
        [
            new Series("median", [.. history.Select(h => (h.Minute, h.Holders.Median))], IsStep: true),
            new Series("the fewest", [.. history.Select(h => (h.Minute, h.Holders.Sorted[0]))], IsStep: true),
        ]);

    private static Figures Holders(VirtualNetwork network, PutReceipt[] receipts)
    {
        Dictionary<RecordKey, int> holders = Census.Holders(network);
        return new Figures(receipts.Select(r => (double)holders.GetValueOrDefault(r.Key)));
    }
}
