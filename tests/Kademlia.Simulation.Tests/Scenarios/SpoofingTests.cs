using Kademlia.Core;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Who forges an address harms nobody who has it.</summary>
public sealed class SpoofingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nobody_honest_is_evicted_or_left_unanswered_because_of_what_was_sent_in_its_name(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, count: 40);
        Dictionary<KademliaNode, IReadOnlyList<Contact>> before = network.Nodes.ToDictionary(n => n, n => n.Contacts);
        long timedOut = TimedOut(network);
        SpooferActor spoofer = network.Admit(new SpooferActor(TimeSpan.FromMilliseconds(20)));
        ReplayActor replayer = network.Admit(new ReplayActor(3, TimeSpan.FromSeconds(1)));
        network.Run(async () =>
        {
            await Task.WhenAll(network.Nodes.Select(n => n.PingAsync(replayer.EndPoint)));
            SmallNetwork.Put[] puts = await SmallNetwork.PutAsync(network, 20);
            await network.DelayAsync(TimeSpan.FromMinutes(2));
            foreach (SmallNetwork.Put put in puts)
            {
                Assert.True(SmallNetwork.Has(await network.RandomNode().GetAsync(put.Receipt.Key), put));
            }
        });
        Assert.True(spoofer.Sent > 5_000);
        Assert.True(replayer.Sent > 100);
        Assert.True(network.Nodes.Sum(n => n.Core.Counters[DropReason.Unmatched]) > 5_000);
        Assert.All(network.Nodes, n => Assert.Empty(before[n].Except(n.Contacts)));
        Assert.Equal(timedOut + network.Nodes.Count, TimedOut(network));
    }

    private static long TimedOut(VirtualNetwork network) => network.Nodes.Sum(n => n.Core.Counters.RequestsTimedOut);
}
