namespace Kademlia.Simulation.Tests;

public sealed class LinkTests
{
    private readonly VirtualNetwork _network = new(seed: 3);

    public static TheoryData<LinkRule> Faults => new((LinkRule[])[
        new Loss(0.1),
        new Duplication(0.1),
        new Reordering(0.1, TimeSpan.FromSeconds(1)),
        new Corruption(0.05)]);

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_record_is_found_in_spite_of_a_fault_that_fires(LinkRule fault)
    {
        _network.Links.Add(fault);
        _network.Run(async () =>
        {
            IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(30);
            PutReceipt receipt = await nodes[0].PutAsync("a", new byte[100]);
            Assert.True((await nodes[29].GetAsync(receipt.Key)).Found);
        });
        Assert.True(fault.Fired > 0);
        _network.AssertInvariants();
    }

    [Fact]
    public void What_is_lost_does_not_arrive() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(2);
        await _network.DelayAsync(TimeSpan.FromSeconds(10));
        long received = nodes[1].Info.Counters.Received;
        Loss loss = new(1);
        _network.Links.Add(loss);
        Assert.Null(await nodes[0].PingAsync(nodes[1].LocalEndPoints[0]));
        Assert.Equal(received, nodes[1].Info.Counters.Received);
        Assert.True(loss.Fired > 0);
    });

    [Fact]
    public void What_is_longer_than_the_path_carries_arrives_cut_and_is_dropped() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(2);
        await _network.DelayAsync(TimeSpan.FromSeconds(10));
        Truncation truncation = new(mtu: 200);
        _network.Links.Add(truncation);
        long dropped = nodes[1].Info.Counters.Dropped;
        PutReceipt receipt = await nodes[0].PutAsync("a", new byte[500]);
        Assert.Equal(1, receipt.Stored);
        Assert.NotNull(await nodes[0].PingAsync(nodes[1].LocalEndPoints[0]));
        Assert.True(truncation.Fired > 0);
        Assert.True(nodes[1].Info.Counters.Dropped > dropped);
    });

    [Fact]
    public void A_barrier_parts_a_network_until_it_opens() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(20);
        PutReceipt receipt = await nodes[0].PutAsync("a", new byte[100]);
        Barrier barrier = Barrier.Between(_network, nodes.Take(10));
        _network.Links.Add(barrier);
        Assert.Null(await nodes[0].PingAsync(nodes[19].LocalEndPoints[0]));
        Assert.NotNull(await nodes[0].PingAsync(nodes[9].LocalEndPoints[0]));
        Assert.True(barrier.Fired > 0);
        barrier.IsOpen = true;
        Assert.NotNull(await nodes[0].PingAsync(nodes[19].LocalEndPoints[0]));
        Assert.True((await nodes[19].GetAsync(receipt.Key)).Found);
    });

    [Fact]
    public void A_node_behind_a_translator_appears_under_its_address_and_strangers_do_not_reach_it() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(10);
        VirtualMachine home = _network.AddMachine();
        Nat nat = new(PeerEndPoint.Parse("203.0.114.1:1"), [home]);
        _network.Links.Add(nat);
        KademliaNode inside = await home.StartAsync();
        Assert.True(inside.Info.Contacts > 0);
        Assert.All(inside.Info.PublicEndPoints, e => Assert.Equal("203.0.114.1", e.Address.ToString()));
        Assert.NotEmpty(inside.Info.PublicEndPoints);
        KademliaNode stranger = await _network.StartNodeAsync(new KademliaOptions { Role = NodeRole.Client });
        Assert.Null(await stranger.PingAsync(home.EndPoints[0]));
    });

    [Fact]
    public void Round_trips_are_the_same_both_ways_and_their_median_is_as_asked()
    {
        LognormalLatency latency = new(TimeSpan.FromMilliseconds(150), sigma: 0.5, jitter: 0);
        Random random = new(1);
        PeerEndPoint[] places = [.. Enumerable.Range(0, 2000).Select(_ => new PeerEndPoint(BitConverter.GetBytes(random.Next()), 1))];
        double[] trips = [.. places.Skip(1).Select(p => latency.RoundTrip(places[0], p).TotalMilliseconds).Order()];
        Assert.InRange(trips[trips.Length / 2], 140, 160);
        Assert.InRange(trips[trips.Length * 84 / 100] / trips[trips.Length / 2], 1.55, 1.75);
        Assert.Equal(latency.RoundTrip(places[0], places[1]), latency.RoundTrip(places[1], places[0]));
    }
}
