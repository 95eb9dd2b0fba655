namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Clocks that are wrong all the time.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Two clocks that are right, two that are as wrong as honest ones may be, and two that are far off.</summary>
    private static readonly int[] WrongByMinutes = [0, 4, -4, 60, -60, 0];

    private readonly VirtualNetwork _network = new(seed: 1) { Latency = SmallNetwork.NearLinks };

    /// <summary>By its own clock a reader is promised a record until it expires, and refuses it from S later on.</summary>
    [Fact]
    public void Where_clocks_differ_nothing_is_lost_before_it_expires_and_nothing_is_seen_a_skew_later() => _network.Run(async () =>
    {
        KademliaNode[] nodes = await StartAsync();
        List<Record> promised = [];
        foreach (KademliaNode publisher in nodes)
        {
            PutReceipt[] receipts = await PutOneOfEachKindAsync(publisher);
            Assert.All(receipts, receipt => AssertTellsClocks(publisher, receipt));
            promised.AddRange(receipts.Select(r => r.Record));
        }

        HashSet<(bool, bool)> met = [];
        for (TimeSpan end = _network.Now + Lifetime + (2 * Hour); _network.Now < end; await _network.DelayAsync(Hour / 4))
        {
            foreach (KademliaNode reader in nodes)
            {
                GetResult[] results = await Task.WhenAll(promised.Select(r => reader.GetAsync(r.Key)));
                met.UnionWith(promised.Zip(results, (record, result) => AssertIsRight(reader, record, result)));
            }
        }

        Assert.Contains((true, false), met);
        Assert.Contains((false, true), met);
    });

    [Fact]
    public void Where_clocks_differ_no_more_than_they_may_nobody_sees_what_was_deleted() => _network.Run(async () =>
    {
        KademliaNode[] nodes = await StartAsync();
        foreach (KademliaNode publisher in nodes.Where(n => AheadOf(n) <= Skew))
        {
            PutReceipt put = await publisher.PutAsync("deleted", new byte[1]);
            PutReceipt deleted = await publisher.DeleteAsync("deleted");
            Assert.All(deleted.Verdicts, v => Assert.Equal(v.ClockSkew < -Skew, v.Outcome == StoreOutcome.Refused));
            foreach (KademliaNode reader in nodes.Where(n => AheadOf(n) + Skew > AheadOf(publisher)))
            {
                Assert.False((await reader.GetAsync(put.Key)).Found);
            }
        }

        await _network.DelayAsync(2 * Hour);
        Assert.All(nodes, node => Assert.Equal(0, node.Core.Holding.Index.ClosestFirst.Count(e => !e.Head.IsTombstone)));
    });

    private async Task<KademliaNode[]> StartAsync()
    {
        foreach (int minutes in WrongByMinutes)
        {
            VirtualMachine machine = _network.AddMachine();
            machine.ClockSkew = TimeSpan.FromMinutes(minutes);
            await machine.StartAsync();
        }

        await _network.DelayAsync(TimeSpan.FromMinutes(1));
        return [.. _network.Nodes];
    }

    /// <returns>Whether the record was promised to the reader, and whether it was over for it.</returns>
    private (bool, bool) AssertIsRight(KademliaNode reader, Record record, GetResult result)
    {
        bool isFound = result.Records.Any(r => r.Kind == RecordKind.Content || r.Writer == record.Writer);
        DateTimeOffset clock = TrueTime + AheadOf(reader);
        bool isPromised = clock <= record.Expiry && TrueTime <= record.Expiry;
        bool isOver = clock >= record.Expiry + Skew + Second;
        Assert.True(isFound || !isPromised, $"{record.Key} is lost to {reader.Id} at {clock}.");
        Assert.False(isFound && isOver, $"{record.Key} is seen by {reader.Id} at {clock}.");
        return (isPromised, isOver);
    }

    private static async Task<PutReceipt[]> PutOneOfEachKindAsync(KademliaNode publisher)
    {
        PutOptions options = new() { Lifetime = Lifetime, Republish = false };
        byte[] value = publisher.Id.ToByteArray();
        return
        [
            await publisher.PutAsync("own", value, options),
            await publisher.PutContentAsync(value, options),
            await publisher.PutOpenAsync("everybody's", value, options),
        ];
    }

    private void AssertTellsClocks(KademliaNode publisher, PutReceipt receipt)
    {
        foreach (StoreVerdict verdict in receipt.Verdicts)
        {
            TimeSpan ahead = AheadOf(_network.Nodes.Single(n => n.Id == verdict.Contact.Id)) - AheadOf(publisher);
            Assert.InRange(verdict.ClockSkew, ahead - Second, ahead + Second);
        }
    }

    private DateTimeOffset TrueTime => _network.TimeProvider.GetUtcNow();

    private TimeSpan AheadOf(KademliaNode node) => _network.MachineOf(node).ClockSkew;
}
