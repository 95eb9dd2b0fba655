using Kademlia.Simulation.Running;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>A node at home, behind a translator that drops what it did not ask for, finds that out and serves nobody.</summary>
public sealed class UnreachableNodeTests
{
    private static readonly KademliaOptions Few = new() { BucketSize = 4 };

    [Fact]
    public void A_node_behind_a_translator_becomes_a_client_leaves_all_tables_and_still_puts_and_gets()
    {
        VirtualNetwork network = new(seed: 4) { Latency = SmallNetwork.NearLinks };
        network.Run(() => new WarmStart(network).StartNodesAsync(300, Few));
        VirtualMachine machine = network.AddMachine();
        Nat nat = new(PeerEndPoint.Parse("203.0.114.1:1"), [machine]);
        network.Links.Add(nat);
        KademliaNode home = network.Run(() => machine.StartAsync(Few));
        Assert.Equal(NodeRole.Server, home.Info.Role);
        Assert.Equal(home, network.ClosestNodes(home.Id)[0]);
        network.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(NodeRole.Client, home.Info.Role);
        Assert.NotEqual(home, network.ClosestNodes(home.Id)[0]);
        Assert.All(network.Nodes.Where(n => n != home), n => Assert.Equal(NodeRole.Server, n.Info.Role));

        network.Run(TimeSpan.FromMinutes(20));
        Assert.True(nat.Fired > 0);
        Contact seen = new(home.Id, Assert.Single(home.Info.PublicEndPoints));
        Assert.DoesNotContain(network.Nodes, n => n.Core.Overlays[0].Table.Contains(seen));
        network.Run(async () =>
        {
            PutReceipt own = await home.PutAsync("from home", new byte[100]);
            PutReceipt others = await network.Nodes[0].PutAsync("from outside", new byte[100]);
            Assert.True((await network.Nodes[7].GetAsync(own.Key)).Found);
            Assert.True((await home.GetAsync(others.Key)).Found);
        });
        network.AssertInvariants();
    }
}
