namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>A day in which nodes come and go; the scenario <c>week</c> has the rest of the week.</summary>
public sealed class DayTests
{
    private const int Nodes = 7;
    private const int Publishers = 3;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly PutLedger _ledger = new();

    /// <summary>Lives that are short against the day, and as few neighbours as make holders change.</summary>
    private static KademliaOptions Options => new()
    {
        BucketSize = 4,
        RecordLifetime = 6 * Hour,
        RepublishInterval = 5 * Hour,
        MaxRecordLifetime = 12 * Hour,
    };

    [Fact]
    public void While_nodes_come_and_go_nothing_of_a_living_publisher_is_lost_and_nothing_deleted_is_seen_again()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 1, Nodes, Options);
        KademliaNode[] publishers = [.. network.Nodes.Take(Publishers)];
        network.Run(async () =>
        {
            Churn churn = Churn.Start(network, new WeibullSessions(2 * Hour), graceful: 0.5, stayers: publishers, options: Options);
            for (int hour = 0; hour < 24; hour++)
            {
                await WriteAsync(publishers[hour % Publishers], hour);
                await network.DelayAsync(Hour);
                foreach (Record promised in _ledger.Records.Where((_, i) => i % 2 == hour % 2))
                {
                    LedgerVerdict verdict = PutLedger.Judge(promised, await ReaderIn(network).GetAsync(promised.Key));
                    Assert.True(verdict == LedgerVerdict.Right, $"{promised.Key} in hour {hour}: {verdict}");
                }
            }

            Assert.InRange(churn.Ended, Nodes, 50 * Nodes);
        });
    }

    private static KademliaNode ReaderIn(VirtualNetwork network)
    {
        KademliaNode[] joined = [.. network.Nodes.Where(n => n.Joined.IsCompletedSuccessfully)];
        return joined[network.Random.Next(joined.Length)];
    }

    /// <summary>New records of each kind, a newer version of one, and a deletion of another, which is sometimes put again.</summary>
    private async Task WriteAsync(KademliaNode publisher, int hour)
    {
        byte[] value = BitConverter.GetBytes(hour);
        _ledger.Enter(await publisher.PutContentAsync(value));
        _ledger.Enter(await publisher.PutAsync("version", value));
        _ledger.Enter(await publisher.PutOpenAsync($"topic {hour % 4}", value));
        _ledger.Enter(await publisher.PutAsync($"brief {hour % 7}", value));
        _ledger.Enter(await publisher.DeleteAsync($"brief {(hour + 3) % 7}"));
    }
}
