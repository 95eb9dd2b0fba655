using Kademlia.Simulation.Running;

namespace Kademlia.Simulation.Tests;

public sealed class ClosestOracleTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(30, 20)]
    [InlineData(200, 20)]
    public void The_oracle_gives_what_sorting_all_nodes_gives(int count, int wanted)
    {
        VirtualNetwork network = new(seed: count);
        network.Run(() => new WarmStart(network).StartNodesAsync(count));
        for (int i = 0; i < 50; i++)
        {
            NodeId target = NodeId.Random(network.Random);
            Assert.Equal(network.Nodes.OrderBy(n => n.Id ^ target).Take(wanted), network.ClosestNodes(target, wanted));
        }
    }

    [Fact]
    public void Of_one_address_group_the_oracle_gives_the_nearest_alone_while_there_are_others()
    {
        VirtualNetwork network = new(seed: 1);
        network.Run(async () =>
        {
            await network.StartNodesAsync(5);
            for (int i = 1; i <= 5; i++)
            {
                await network.AddMachine(PeerEndPoint.Parse($"198.18.7.{i}:7411")).StartAsync();
            }
        });
        NodeId target = NodeId.Random(network.Random);
        IReadOnlyList<KademliaNode> six = network.ClosestNodes(target, 6);
        Assert.Single(six, InTheCrowd);
        Assert.Equal(Others(six), network.Nodes.Where(n => !InTheCrowd(n)).OrderBy(n => n.Id ^ target));
        Assert.Equal(network.Nodes.OrderBy(n => n.Id ^ target), network.ClosestNodes(target, 10));

        bool InTheCrowd(KademliaNode node) => node.LocalEndPoints[0].ToString().StartsWith("198.18.7.", StringComparison.Ordinal);
        IEnumerable<KademliaNode> Others(IEnumerable<KademliaNode> nodes) => nodes.Where(n => !InTheCrowd(n));
    }
}
