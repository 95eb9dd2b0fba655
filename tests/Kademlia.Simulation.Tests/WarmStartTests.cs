using Kademlia.Simulation.Running;
using Kademlia.Simulation.Tests.Scenarios;

namespace Kademlia.Simulation.Tests;

public sealed class WarmStartTests
{
    private const int Nodes = 200;

    [Fact]
    public void A_network_started_from_an_oracle_walks_as_one_that_joined()
    {
        (double recall, double hops, double contacts) joined = Measure(SmallNetwork.Join(seed: 1, Nodes, Options));
        VirtualNetwork network = new(seed: 1) { Latency = SmallNetwork.NearLinks };
        network.Run(() => new WarmStart(network).StartNodesAsync(Nodes, Options));
        Assert.Equal(Nodes, network.Nodes.Count);
        Assert.All(network.Nodes, n => Assert.True(n.Core.Overlays[0].Table.Count > 0));
        (double recall, double hops, double contacts) warm = Measure(network);
        Assert.InRange(joined.recall, 0.99, 1);
        Assert.Equal(1, warm.recall);
        Assert.True(joined.hops > 0.3, $"Everybody knows everybody, {joined.hops} hops: this shows nothing.");
        Assert.InRange(warm.hops, joined.hops - 0.1, joined.hops + 0.1);
        Assert.InRange(warm.contacts, joined.contacts * 0.95, joined.contacts * 1.05);
    }

    [Fact]
    public void A_warm_started_network_is_at_rest()
    {
        VirtualNetwork network = new(seed: 2);
        network.Run(() => new WarmStart(network).StartNodesAsync(100));
        long before = network.Counters.Sent;
        network.Run(TimeSpan.FromMinutes(10));
        Assert.InRange((network.Counters.Sent - before) / 10 / 100, 0, 10);
        Assert.All(network.Nodes, n => Assert.True(n.Joined.IsCompletedSuccessfully));
    }

    /// <summary>Small buckets, so that so many nodes are more than one knows.</summary>
    private static KademliaOptions Options => new() { BucketSize = 8 };

    private static (double Recall, double Hops, double Contacts) Measure(VirtualNetwork network) => network.Run(async () =>
    {
        double[] recalls = await Task.WhenAll(network.Nodes.Select(n => WalkAsync(network, n)));
        double[] hops = await Task.WhenAll(network.Nodes.Select(n => GetAsync(network, n)));
        return (recalls.Average(), hops.Average(), network.Nodes.Average(n => n.Info.Contacts));
    });

    private static async Task<double> WalkAsync(VirtualNetwork network, KademliaNode asker)
    {
        NodeId target = NodeId.Random(network.Random);
        IReadOnlyList<Contact> found = await asker.FindClosestAsync(target);
        NodeId[] closest = [.. network.ClosestNodes(target, 9).Where(n => n != asker).Take(8).Select(n => n.Id)];
        return closest.Intersect(found.Select(c => c.Id)).Count() / 8.0;
    }

    private static async Task<double> GetAsync(VirtualNetwork network, KademliaNode publisher)
    {
        byte[] value = new byte[100];
        network.Random.NextBytes(value);
        PutReceipt receipt = await publisher.PutContentAsync(value);
        return (await network.RandomNode().GetAsync(receipt.Key)).Statistics.Hops;
    }
}
