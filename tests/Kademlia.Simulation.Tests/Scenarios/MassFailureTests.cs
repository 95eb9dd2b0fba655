using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class MassFailureTests
{
    private const int Nodes = 40;

    /// <summary>Long enough that the dead have been asked three times by the second one.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(20);

    [Theory]
    [MemberData(nameof(Dozen), MemberType = typeof(SmallNetwork))]
    public void After_half_of_the_nodes_died_records_are_found_and_tables_forget_the_dead(int seed)
    {
        VirtualNetwork network = Join(seed, Nodes, new KademliaOptions { RefreshInterval = Refresh });
        network.Run(async () =>
        {
            Put[] puts = await PutAsync(network, 10);
            network.KillAtRandom(0.5);
            Assert.Equal(Nodes / 2, network.Nodes.Count);
            GetResult[] results = await Task.WhenAll(puts.Select(p => network.RandomNode().GetAsync(p.Receipt.Key)));
            Assert.All(results.Zip(puts), pair => Assert.True(Has(pair.First, pair.Second)));
            await network.DelayAsync(2 * Refresh);
        });
        Assert.InRange(PartStale(network), 0, 0.01);
        Assert.All(network.Nodes, n => Assert.Null(n.Core.Overlays[0].Table.FindFault()));
        Assert.InRange(PartOfNeighboursMissed(network), 0, 0.01);
        Conservation.Assert(network);
    }

    /// <summary>Four of five are dead at once and nobody has noticed: what has a holder left is found all the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void After_four_of_five_nodes_died_whatever_is_still_held_is_found(int seed)
    {
        VirtualNetwork network = Join(seed, 200);
        network.Run(async () =>
        {
            Put[] puts = await PutAsync(network, 50);
            network.KillAtRandom(0.8);
            HashSet<RecordKey> held = [.. network.Nodes.SelectMany(n => n.Core.Holding.Index.ClosestFirst).Select(e => e.Head.Key)];
            Put[] kept = [.. puts.Where(p => held.Contains(p.Receipt.Key))];
            GetResult[] results = await Task.WhenAll(kept.Select(p => network.RandomNode().GetAsync(p.Receipt.Key)));
            Assert.InRange(kept.Length, 45, 50);
            Assert.InRange(results.Zip(kept).Count(pair => Has(pair.First, pair.Second)), kept.Length - 1, kept.Length);
        });
    }

    private static double PartStale(VirtualNetwork network)
    {
        HashSet<NodeId> living = [.. network.Nodes.Select(n => n.Id)];
        Contact[] contacts = [.. network.Nodes.SelectMany(n => n.Contacts)];
        return contacts.Count(c => !living.Contains(c.Id)) / (double)contacts.Length;
    }

    /// <summary>Which part of the k true neighbours of each node its table lacks.</summary>
    private static double PartOfNeighboursMissed(VirtualNetwork network) => network.Nodes.Average(node =>
    {
        IEnumerable<NodeId> closest = network.ClosestNodes(node.Id, K + 1).Where(n => n != node).Take(K).Select(n => n.Id);
        return closest.Except(node.Contacts.Select(c => c.Id)).Count() / (double)K;
    });
}
