using System.Net;

namespace Kademlia.Tests.Node;

/// <summary>Who provides what, and where, between real nodes.</summary>
public sealed class NodeProviderTests
{
    private static readonly PeerEndPoint Elsewhere = PeerEndPoint.Parse("192.0.2.7:8080");

    [Fact(Timeout = Loopback.Patience)]
    public async Task Every_provider_is_found_where_it_said_that_it_is()
    {
        await using Loopback network = await Loopback.StartAsync(5);
        await network[0].AnnounceAsync("tea", cancellationToken: Loopback.Token);
        await network[1].AnnounceAsync("tea", Elsewhere, cancellationToken: Loopback.Token);
        PutReceipt receipt = await network[2].AnnounceAsync("tea", 8081, cancellationToken: Loopback.Token);
        Assert.Equal((5, 5), (receipt.Stored, receipt.Wanted));
        Assert.Equal(RecordKey.ForName("tea"), receipt.Key);
        Dictionary<NodeId, PeerEndPoint> found = await FindAsync(network[4], "tea");
        Assert.Equal(3, found.Count);
        Assert.Equal(network[0].LocalEndPoints[0], found[network[0].Id]);
        Assert.Equal(Elsewhere, found[network[1].Id]);
        Assert.Equal(new PeerEndPoint(IPAddress.Loopback, 8081), found[network[2].Id]);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_that_listens_on_every_address_announces_where_others_see_it()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode provider = await network.AddAsync(new KademliaOptions { Bootstrap = Loopback.BootstrapOf(network[0]) });
        await provider.Joined.WaitAsync(Loopback.Token);
        await provider.AnnounceAsync("tea", cancellationToken: Loopback.Token);
        Dictionary<NodeId, PeerEndPoint> found = await FindAsync(network[0], "tea");
        Assert.Equal(new PeerEndPoint(IPAddress.Loopback, provider.Port), Assert.Single(found).Value);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_with_a_public_address_announces_that()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode provider = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            PublicAddresses = [IPAddress.Parse("192.0.2.9")],
            Bootstrap = Loopback.BootstrapOf(network[0]),
        });
        await provider.AnnounceAsync("tea", cancellationToken: Loopback.Token);
        Dictionary<NodeId, PeerEndPoint> found = await FindAsync(network[0], "tea");
        Assert.Equal(new PeerEndPoint(IPAddress.Parse("192.0.2.9"), provider.Port), Assert.Single(found).Value);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_is_no_announcement_is_passed_over_and_a_withdrawn_one_is_gone()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        await network[0].AnnounceAsync("tea", cancellationToken: Loopback.Token);
        await network[1].AnnounceAsync("tea", cancellationToken: Loopback.Token);
        await network[2].PutOpenAsync("tea", "a note about tea"u8.ToArray(), cancellationToken: Loopback.Token);
        await network[1].DeleteOpenAsync("tea", Loopback.Token);
        Assert.Equal([network[0].Id], (await FindAsync(network[3], "tea")).Keys);
        Assert.Empty(await FindAsync(network[3], "coffee"));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task The_record_of_a_provider_is_its_announcement()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        PutReceipt receipt = await network[0].AnnounceAsync("tea", Elsewhere, cancellationToken: Loopback.Token);
        await foreach (Provider provider in network[1].FindProvidersAsync("tea", Loopback.Token))
        {
            Assert.Equal(network[0].Id, provider.Id);
            Assert.Equal([Elsewhere], provider.EndPoints);
            Assert.True(provider.Record.IsSameAs(receipt.Record));
            Assert.Equal($"192.0.2.7:8080 id {network[0].Id}", provider.ToString());
        }

        Assert.Equal([receipt.Record], network[0].OwnRecords);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_cannot_be_announced_is_told()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode lost = await network.AddAsync(new KademliaOptions());
        KademliaException unknown = await Assert.ThrowsAsync<KademliaException>(
            () => lost.AnnounceAsync("tea", cancellationToken: Loopback.Token));
        Assert.Contains("PublicAddresses", unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(
            () => lost.AnnounceAsync("tea", new PeerEndPoint(IPAddress.Any, 80), cancellationToken: Loopback.Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => network[0].AnnounceAsync("tea", 0, cancellationToken: Loopback.Token));
        await Assert.ThrowsAsync<ArgumentException>(
            () => network[0].AnnounceAsync(new string('n', 65), cancellationToken: Loopback.Token));
        Assert.Throws<ArgumentException>(() => network[0].FindProvidersAsync(new string('n', 65), Loopback.Token));
    }

    private static async Task<Dictionary<NodeId, PeerEndPoint>> FindAsync(KademliaNode node, string name)
    {
        Dictionary<NodeId, PeerEndPoint> found = [];
        await foreach (Provider provider in node.FindProvidersAsync(name, Loopback.Token))
        {
            found[provider.Id] = provider.EndPoint;
        }

        return found;
    }
}
