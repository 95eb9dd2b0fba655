namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>A week of leases with the lifetimes that applications get, in a network whose other nodes come and go.</summary>
public sealed class LeaseWeekTests
{
    private const int Nodes = 6;

    /// <summary>Puts of a record in a week: eight at intervals of 22 hours, and twice as many again where fewer took it than should.</summary>
    private const int MostPuts = 24;

    /// <summary>What republishing both records may send in the week: a put of a small record is ten requests here, of 128 bytes and more.</summary>
    private const long MostBytes = 2 * MostPuts * 10 * 200;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_lease_never_lapses_and_its_upkeep_is_bounded()
    {
        KademliaOptions options = new() { BucketSize = 3 };
        VirtualNetwork network = SmallNetwork.Join(seed: 1, Nodes, options);
        KademliaNode publisher = network.Nodes[0];
        network.Run(async () =>
        {
            Churn churn = Churn.Start(network, new WeibullSessions(12 * Hour), graceful: 0.5, stayers: [publisher], options: options);
            await using RecordLease owner = await publisher.PublishAsync("name", "kept"u8.ToArray());
            await using RecordLease content = await publisher.PublishContentAsync("kept, too"u8.ToArray());
            int puts = 0;
            DateTimeOffset? last = owner.Health.LastPut;
            for (int hour = 0; hour < 7 * 24; hour++)
            {
                await network.DelayAsync(Hour);
                KademliaNode reader = network.Nodes.Last(n => n.Joined.IsCompletedSuccessfully);
                Assert.True((await reader.GetAsync(owner.Key)).Found, $"The owner record was gone in hour {hour}.");
                Assert.True((await reader.GetAsync(content.Key)).Found, $"The content was gone in hour {hour}.");
                Assert.True(owner.Health.IsKept && content.Health.IsKept);
                puts += owner.Health.LastPut == last ? 0 : 1;
                last = owner.Health.LastPut;
            }

            Assert.InRange(puts, 7, MostPuts);
            Assert.InRange(publisher.Info.Upkeep.Republishing.BytesSent, 1, MostBytes);
            Assert.True(churn.Ended > Nodes, $"Only {churn.Ended} nodes ended.");
        });
    }
}
