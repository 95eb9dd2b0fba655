using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>A week of nodes that come and go, in which some stay, write, and delete.</summary>
/// <remarks>
/// What stays with its publisher is read all week long. Of a record whose publisher has gone the word is kept while it is not expired and somebody
/// who runs holds it. What was deleted is read as long as the rest, beyond the end of its tombstone.
/// </remarks>
internal sealed class Week() : Scenario("week", "Seven days of Weibull sessions with a median of 2 h: what has a living publisher or holder is found, what was deleted is not.", 30)
{
    private const int Hours = 7 * 24;
    private const int Publishers = 5;
    private const double Graceful = 0.5;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        KademliaNode[] publishers = [.. network.Nodes.Take(Publishers)];
        PutLedger ledger = new();
        List<Record> orphans = [];
        Dictionary<LedgerVerdict, int> verdicts = [];
        int orphansLost = 0;
        Churn churn = Churn.Start(network, new WeibullSessions(2 * Hour), Graceful, publishers, trial.Options);
        trial.Progress.Begin("living", Hours);
        for (int hour = 0; hour < Hours; hour++)
        {
            await WriteAsync(network, publishers[hour % Publishers], hour, ledger);
            await OrphanAsync(network, hour, orphans);
            await network.DelayAsync(Hour);
            foreach (Record promised in ledger.Records)
            {
                LedgerVerdict verdict = PutLedger.Judge(promised, await ReaderIn(network).GetAsync(promised.Key));
                verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
            }

            orphansLost += await CountLostAsync(network, orphans);
            trial.Progress.Step();
        }

        Trial.MustHaveHappened("churn", churn.Ended);
        trial.Note("nodes that ended", churn.Ended);
        trial.Note("reads as promised", verdicts.GetValueOrDefault(LedgerVerdict.Right));
        trial.AtMost("reads that missed what has a living publisher", verdicts.GetValueOrDefault(LedgerVerdict.Missing), 0);
        trial.AtMost("reads of a superseded record", verdicts.GetValueOrDefault(LedgerVerdict.Stale), 0);
        trial.AtMost("reads of a deleted record", verdicts.GetValueOrDefault(LedgerVerdict.Resurrected), 0);
        trial.AtMost("reads that missed what has a living holder alone", orphansLost, 0);
    });

    /// <summary>New content, a newer version, a slot under an open key, and a record of a few hours, deleted and put again later.</summary>
    private static async Task WriteAsync(VirtualNetwork network, KademliaNode publisher, int hour, PutLedger ledger)
    {
        ledger.Enter(await publisher.PutContentAsync(Traffic.NewValue(network)));
        ledger.Enter(await publisher.PutAsync("version", Traffic.NewValue(network)));
        ledger.Enter(await publisher.PutOpenAsync($"topic {hour % 4}", Traffic.NewValue(network)));
        ledger.Enter(await publisher.PutAsync($"brief {hour % 72}", Traffic.NewValue(network)));
        ledger.Enter(await publisher.DeleteAsync($"brief {(hour + 60) % 72}"));
    }

    /// <summary>Somebody who knows the network already.</summary>
    private static KademliaNode ReaderIn(VirtualNetwork network)
    {
        KademliaNode[] joined = [.. network.Nodes.Where(n => n.Joined.IsCompletedSuccessfully)];
        return joined[network.Random.Next(joined.Length)];
    }

    /// <summary>A record that its publisher does not keep alive.</summary>
    private static async Task OrphanAsync(VirtualNetwork network, int hour, List<Record> orphans)
    {
        try
        {
            PutReceipt put = await network.RandomNode().PutAsync($"orphan {hour}", Traffic.NewValue(network), new PutOptions { Republish = false });
            orphans.Add(put.Record);
        }
        catch (ObjectDisposedException)
        {
            // Its publisher's session ended meanwhile.
        }
    }

    /// <summary>How many are not found though they are not expired and somebody holds them.</summary>
    private static async Task<int> CountLostAsync(VirtualNetwork network, List<Record> orphans)
    {
        int lost = 0;
        orphans.RemoveAll(o => o.Expiry <= network.TimeProvider.GetUtcNow());
        foreach (Record orphan in orphans)
        {
            bool isHeld = network.Nodes.Any(n => n.Core.Holding.Index.Under(orphan.Key).Length > 0);
            lost += isHeld && !(await ReaderIn(network).GetAsync(orphan.Key)).Found ? 1 : 0;
        }

        return lost;
    }
}
