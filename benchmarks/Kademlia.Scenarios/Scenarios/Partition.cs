using Kademlia.Simulation;
using Barrier = Kademlia.Simulation.Barrier;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>The network falls into halves that go on writing, and comes together again.</summary>
/// <remarks>
/// Each writer is there twice, as a client on either side with the same key, so that both halves get versions of the same records: the
/// later one wins by the total order, whether it is a value or a delete. Some records expire meanwhile.
/// </remarks>
internal sealed class Partition() : Scenario("partition", "Two halves for 30 min, in which both write and delete the same records; 15 min after, every reader sees the winner.")
{
    private const int Writers = 90;
    private const int ReadersPerRecord = 10;

    private static readonly TimeSpan Parted = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Healing = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    /// <summary>Over before the halves meet again, the allowance for wrong clocks included.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromMinutes(20);

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        KademliaNode[] left = [.. network.Nodes.Where((_, i) => i % 2 == 0)];
        KademliaNode[] right = [.. network.Nodes.Where((_, i) => i % 2 == 1)];
        trial.Progress.Begin("starting writers", Writers);
        Twin[] twins = await trial.RepeatAsync(network, Writers, Traffic.Interval, _ => StartTwinAsync(trial, network));
        PutLedger ledger = new();
        await EachAsync(twins, async twin => ledger.Enter(await twin.Left.PutAsync("record", Traffic.NewValue(network))));
        PutReceipt[] mortal = await MortalAsync(network, twins);
        Barrier barrier = Barrier.Between(network, left.Concat(twins.Select(t => t.Left)));
        network.Links.Add(barrier);
        await WriteApartAsync(trial, network, twins, ledger);
        Trial.MustHaveHappened("partition", barrier.Fired);
        barrier.IsOpen = true;
        trial.Progress.Begin("healing");
        await network.DelayAsync(Healing);
        trial.Note("contacts on the other side", PartAcross(left, right));
        await ReadAsync(trial, network, ledger, mortal);
    });

    private static async Task<Twin> StartTwinAsync(Trial trial, VirtualNetwork network)
    {
        NodeIdentity identity = network.CreateIdentity();
        KademliaOptions options = new() { BucketSize = trial.BucketSize, Role = NodeRole.Client, Identity = identity };
        return new Twin(await network.StartNodeAsync(options), await network.StartNodeAsync(options));
    }

    private static async Task<PutReceipt[]> MortalAsync(VirtualNetwork network, Twin[] twins)
    {
        PutOptions options = new() { Lifetime = ShortLife, Republish = false };
        return await Task.WhenAll(twins.Select(t => t.Left.PutAsync("mortal", Traffic.NewValue(network), options)));
    }

    /// <summary>On a third of the records each of: a value after a value, a delete after a value, a value after a delete.</summary>
    private static async Task WriteApartAsync(Trial trial, VirtualNetwork network, Twin[] twins, PutLedger ledger)
    {
        trial.Progress.Begin("apart");
        TimeSpan end = network.Now + Parted;
        await network.DelayAsync(Step);
        await EachAsync(twins, async twin => ledger.Enter(IsThird(twin, 2) ? await DeleteAsync(twin.Left) : await PutAsync(twin.Left)));
        await network.DelayAsync(Step);
        await EachAsync(twins, async twin => ledger.Enter(IsThird(twin, 1) ? await DeleteAsync(twin.Right) : await PutAsync(twin.Right)));
        await network.DelayAsync(end - network.Now);

        bool IsThird(Twin twin, int third) => Array.IndexOf(twins, twin) % 3 == third;
        Task<PutReceipt> PutAsync(KademliaNode writer) => writer.PutAsync("record", Traffic.NewValue(network));
        Task<PutReceipt> DeleteAsync(KademliaNode writer) => writer.DeleteAsync("record");
    }

    private static async Task ReadAsync(Trial trial, VirtualNetwork network, PutLedger ledger, PutReceipt[] mortal)
    {
        Record[] promised = [.. ledger.Records];
        KademliaNode[] readers = [.. network.Nodes.Where(n => n.Info.Role == NodeRole.Server)];
        int count = promised.Length * ReadersPerRecord;
        trial.Progress.Begin("reading", count);
        LedgerVerdict[] verdicts = await trial.RepeatAsync(network, count, Traffic.Interval, async i =>
        {
            Record record = promised[i % promised.Length];
            return PutLedger.Judge(record, await readers[network.Random.Next(readers.Length)].GetAsync(record.Key));
        });
        GetResult[] expired = await trial.RepeatAsync(
            network, mortal.Length, Traffic.Interval, i => readers[network.Random.Next(readers.Length)].GetAsync(mortal[i].Key));
        trial.AtLeast("reads of the winner", Part(LedgerVerdict.Right), 1);
        trial.AtMost("reads of a superseded record", Part(LedgerVerdict.Stale), 0);
        trial.AtMost("reads of a deleted record", Part(LedgerVerdict.Resurrected), 0);
        trial.Note("reads of nothing, though there is a winner", Part(LedgerVerdict.Missing));
        trial.AtMost("reads of an expired record", expired.Count(r => r.Found) / (double)expired.Length, 0);

        double Part(LedgerVerdict verdict) => verdicts.Count(v => v == verdict) / (double)verdicts.Length;
    }

    /// <summary>Half of all contacts when the halves know each other as before.</summary>
    private static double PartAcross(KademliaNode[] left, KademliaNode[] right)
    {
        HashSet<NodeId> across = [.. right.Select(n => n.Id)];
        Contact[] contacts = [.. left.SelectMany(n => n.Contacts)];
        return contacts.Count(c => across.Contains(c.Id)) / (double)contacts.Length;
    }

    private static Task EachAsync(Twin[] twins, Func<Twin, Task> work) => Task.WhenAll(twins.Select(work));

    /// <summary>One writer, once on either side.</summary>
    private sealed record Twin(KademliaNode Left, KademliaNode Right);
}
