namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>What strangers store takes no more room than it was given, and gives it back.</summary>
public sealed class MemoryTests
{
    private const int Limit = 48 * 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private static KademliaOptions Flooding => new()
    {
        Role = NodeRole.Client,
        RecordLifetime = Lifetime,
        RepublishInterval = 0.9 * Lifetime,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Under_a_flood_of_records_and_requests_nodes_stay_within_their_limit_and_forget_all_of_it_in_time(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, count: 25, new KademliaOptions { MaxStrangerBytes = Limit });
        KademliaNode[] nodes = [.. network.Nodes];
        Actor[] actors = [network.Admit(new SpooferActor(TimeSpan.FromSeconds(1))), network.Admit(new TokenGuesserActor(TimeSpan.FromSeconds(1)))];
        network.Run(async () =>
        {
            IReadOnlyList<KademliaNode> flooders = await network.StartNodesAsync(6, Flooding);
            for (int i = 0; i < 12; i++)
            {
                await Task.WhenAll(flooders.Select(f => f.PutContentAsync(NewValue(network))));
                Assert.All(nodes, node => Assert.InRange(node.Info.RecordBytes, 0, Limit));
            }
        });
        Assert.All(nodes, node => Assert.InRange(node.Info.RecordBytes, Limit / 4, Limit));
        foreach (KademliaNode flooder in network.Nodes.Except(nodes).ToArray())
        {
            network.Kill(flooder);
        }

        network.Run(Lifetime + Skew + TimeSpan.FromMinutes(2));
        Assert.All(nodes, node => Assert.Equal(0, node.Info.RecordBytes));
        Assert.All(actors, actor => Assert.True(actor.Sent > 1000));
    }

    private static byte[] NewValue(VirtualNetwork network)
    {
        byte[] value = new byte[700];
        network.Random.NextBytes(value);
        return value;
    }
}
