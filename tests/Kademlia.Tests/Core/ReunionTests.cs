using Kademlia.Core;
using Kademlia.Messages;

namespace Kademlia.Tests.Core;

/// <summary>Networks that fell apart, or never were one, become one when they can.</summary>
public sealed class ReunionTests
{
    private const int BucketSize = 4;
    private const int IslandSize = 15;

    private readonly World _world = new(1);

    [Fact]
    public void Two_islands_become_one_when_the_cable_is_mended()
    {
        HashSet<PeerEndPoint> island = [];
        _world.Partition = (from, to) => island.Contains(from) != island.Contains(to);
        WorldNode first = Add();
        WorldNode second = Add();
        island.Add(first.EndPoint);
        for (int i = 1; i < IslandSize; i++)
        {
            island.Add(Add(first, second).EndPoint);
            Add(first, second);
        }

        BeginAll();
        _world.Run(TimeSpan.FromHours(2));
        Assert.All(_world.Nodes, node => Assert.All(
            node.Core.Overlays[0].Table.ToArray(),
            contact => Assert.Equal(island.Contains(node.EndPoint), island.Contains(contact.EndPoint))));
        Assert.NotEqual(0, _world.Cut);

        _world.Partition = null;
        _world.Run(TimeSpan.FromHours(6));
        AssertIsOneNetwork();
    }

    [Fact]
    public void Two_halves_that_were_one_network_know_each_other_again_within_minutes()
    {
        WorldNode first = Add();
        while (_world.Nodes.Count < 2 * IslandSize)
        {
            Add(first);
        }

        BeginAll();
        _world.Run(TimeSpan.FromMinutes(10));
        foreach (WorldNode node in _world.Nodes)
        {
            node.Bootstrap = [];
        }

        HashSet<PeerEndPoint> half = [.. _world.Nodes.Take(IslandSize).Select(n => n.EndPoint)];
        _world.Partition = (from, to) => half.Contains(from) != half.Contains(to);
        _world.Run(TimeSpan.FromHours(2));
        Assert.All(_world.Nodes, node => Assert.All(
            node.Core.Overlays[0].Table.ToArray(),
            contact => Assert.Equal(half.Contains(node.EndPoint), half.Contains(contact.EndPoint))));
        _world.Partition = null;
        _world.Run(TimeSpan.FromMinutes(15));
        AssertIsOneNetwork();
    }

    [Fact]
    public void However_large_the_network_its_bootstrap_node_hears_of_k_nodes_an_interval()
    {
        const int Nodes = 25;
        const int Intervals = 10;
        Stranger bootstrap = new(_world, "60.0.0.1:7411") { Answers = false };
        WorldNode first = Add();
        for (int i = 1; i < Nodes; i++)
        {
            Add(first);
        }

        BeginAll();
        foreach (WorldNode node in _world.Nodes)
        {
            node.Bootstrap = [bootstrap.EndPoint];
        }

        _world.Run(Reunion.Interval * Intervals);
        int looks = bootstrap.Heard.Select(heard => heard.Transaction).Distinct().Count();
        Assert.InRange(looks, BucketSize * Intervals / 3, BucketSize * Intervals * 3);
        Assert.All(bootstrap.Heard, heard => Assert.Equal(MessageKind.Ping, heard.Kind));
    }

    private WorldNode Add(params WorldNode[] bootstrap) => _world.Add(o => o with { BucketSize = BucketSize }, true, bootstrap);

    private void BeginAll()
    {
        foreach (WorldNode node in _world.Nodes)
        {
            node.Begin();
            _world.Run(TimeSpan.FromSeconds(2));
        }
    }

    private void AssertIsOneNetwork()
    {
        foreach (WorldNode asker in _world.Nodes)
        {
            NodeId target = NodeId.Random(_world.Random);
            IReadOnlyList<Contact> found = _world.Await(asker.Call((core, scope) => core.Finding.FindClosestAsync(target, scope)));
            Assert.Equal(
                _world.Nodes.Where(n => n != asker).OrderBy(n => n.Id ^ target).Take(BucketSize).Select(n => n.Contact), found);
        }
    }
}
