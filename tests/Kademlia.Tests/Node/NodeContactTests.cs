using System.Net;
using Kademlia.Tests.Transport;

namespace Kademlia.Tests.Node;

/// <summary>How nodes find each other, and who is kept apart.</summary>
public sealed class NodeContactTests
{
    [Fact(Timeout = Loopback.Patience)]
    public async Task The_closest_nodes_are_found_closest_first_without_the_asker()
    {
        await using Loopback network = await Loopback.StartAsync(8);
        NodeId target = network[3].Id;
        IReadOnlyList<Contact> found = await network[5].FindClosestAsync(target, Loopback.Token);
        Assert.Equal(
            network.Nodes.Where(n => n != network[5]).OrderBy(n => n.Id ^ target).Select(Loopback.ContactOf),
            found);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_is_found_by_its_id_and_nobody_is_found_by_an_id_that_nobody_has()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        Assert.Equal(Loopback.ContactOf(network[3]), await network[1].FindNodeAsync(network[3].Id, Loopback.Token));
        Assert.Null(await network[1].FindNodeAsync(NodeId.Random(new Random(1)), Loopback.Token));
        Assert.Null(await network[1].FindNodeAsync(network[1].Id, Loopback.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_ping_tells_who_answered_and_how_it_saw_us_and_nobody_is_null()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        PingResult? answer = await network[0].PingAsync(network[1].LocalEndPoints[0], Loopback.Token);
        Assert.Equal(Loopback.ContactOf(network[1]), answer?.Contact);
        Assert.Equal(network[0].LocalEndPoints[0], answer?.Observed);
        PeerEndPoint left = network[1].LocalEndPoints[0];
        await network.RemoveAsync(network[1]);
        Assert.Null(await network[0].PingAsync(left, Loopback.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Endpoints_that_nobody_can_have_do_not_answer()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        Task<PingResult?>[] pings =
        [
            network[0].PingAsync(default, Loopback.Token),
            network[0].PingAsync(PeerEndPoint.Parse("[::1]:7411"), Loopback.Token),
            network[0].PingAsync(network[0].LocalEndPoints[0], Loopback.Token),
        ];
        Assert.All(await Task.WhenAll(pings), Assert.Null);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_client_puts_and_gets_and_serves_nobody()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        KademliaNode client = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            Bootstrap = Loopback.BootstrapOf(network[0]),
            Role = NodeRole.Client,
        });
        PutReceipt receipt = await client.PutAsync("from a client", new byte[] { 1 }, cancellationToken: Loopback.Token);
        Assert.Equal((3, 3), (receipt.Stored, receipt.Wanted));
        Assert.DoesNotContain(client.Id, receipt.Verdicts.Select(v => v.Contact.Id));
        Assert.True((await client.GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Found);
        Assert.True((await network[2].GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Found);
        Assert.Null(await network[1].FindNodeAsync(client.Id, Loopback.Token));
        Assert.Null(await network[1].PingAsync(client.LocalEndPoints[0], Loopback.Token));
        Assert.Equal(NodeRole.Client, client.Info.Role);
        Assert.Equal(0, client.Info.Records);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_private_network_answers_those_alone_who_have_its_key_and_its_name()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode first = await network.AddAsync(Private(key, "ours", null));
        KademliaNode member = await network.AddAsync(Private(key, "ours", first));
        PutReceipt receipt = await member.PutAsync("secret", new byte[] { 1 }, cancellationToken: Loopback.Token);
        Assert.Equal((2, 2), (receipt.Stored, receipt.Wanted));

        KademliaNode[] strangers = await Task.WhenAll(
            network.AddAsync(Private(null, "ours", first)),
            network.AddAsync(Private([.. key.Reverse()], "ours", first)),
            network.AddAsync(Private(key, "theirs", first)));
        Assert.All(strangers, stranger => Assert.False(stranger.Joined.IsCompleted));
        Assert.All(strangers, stranger => Assert.Equal(0, stranger.Info.Contacts));
        Assert.True(first.Info.Counters.Dropped > 0);
        Assert.False((await strangers[0].GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Found);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Records_outlive_the_departure_of_half_of_the_nodes()
    {
        await using Loopback network = await Loopback.StartAsync(12);
        PutReceipt[] receipts = await Task.WhenAll(network.Nodes.Take(4).Select(
            node => node.PutAsync("kept", node.Id.ToByteArray(), cancellationToken: Loopback.Token)));
        await Task.WhenAll(network.Nodes.Take(6).ToArray().Select(network.RemoveAsync));
        await Loopback.ForAllAsync(network.Nodes, async node =>
        {
            foreach (PutReceipt receipt in receipts)
            {
                Assert.True((await node.GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Found);
            }
        });
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Nodes_meet_over_IPv6()
    {
        Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);
        await using Loopback network = await Loopback.StartAsync(5, IPAddress.IPv6Loopback);
        PutReceipt receipt = await network[0].PutAsync("greeting", new byte[] { 1 }, cancellationToken: Loopback.Token);
        Assert.Equal((5, 5), (receipt.Stored, receipt.Wanted));
        Assert.False(receipt.Verdicts[0].Contact.EndPoint.IsIPv4);
        await Loopback.ForAllAsync(network.Nodes, async node =>
            Assert.True((await node.GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Found));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_of_both_families_brings_their_records_together()
    {
        Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode bridge = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback, IPAddress.IPv6Loopback],
            Bootstrap = Loopback.BootstrapOf(network[0]),
        });
        KademliaNode newer = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.IPv6Loopback],
            Bootstrap = { $"[::1]:{bridge.Port}" },
        });
        PutReceipt receipt = await network[0].PutAsync("greeting", new byte[] { 1 }, cancellationToken: Loopback.Token);
        Assert.True((await newer.GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Found);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_snapshot_tells_what_there_is()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        await network[0].PutAsync("greeting", new byte[] { 1 }, cancellationToken: Loopback.Token);
        NodeInfo info = network[0].Info;
        Assert.Equal((network[0].Id, NodeRole.Server, 2, 1), (info.Id, info.Role, info.Contacts, info.Records));
        Assert.Equal(network[0].LocalEndPoints, info.LocalEndPoints);
        Assert.True(info.RecordBytes > 0);
        Assert.Equal(3, info.EstimatedNetworkSize);
        Assert.InRange(info.Counters.RequestsAnswered, 1, info.Counters.RequestsSent);
        Assert.InRange(info.Upkeep.Joining.BytesSent, info.Upkeep.Joining.Sent, info.Counters.BytesSent);
    }

    private static KademliaOptions Private(byte[]? key, string name, KademliaNode? bootstrap) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Bootstrap = Loopback.BootstrapOf(bootstrap),
        NetworkKey = key,
        NetworkName = name,
    };
}
