using System.Net;
using System.Security.Cryptography;

namespace Kademlia.Tests.Node;

/// <summary>Records that no datagram carries, over TCP and TLS.</summary>
public sealed class NodeLargeRecordTests
{
    private static readonly byte[] Longest = RandomNumberGenerator.GetBytes(Record.MaxValueLength);

    [Fact(Timeout = Loopback.Patience)]
    public async Task The_longest_content_is_held_and_found()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        PutReceipt receipt = await network[0].PutContentAsync(Longest, cancellationToken: Loopback.Token);
        Assert.Equal((4, 4), (receipt.Stored, receipt.Wanted));
        KademliaNode reader = await network.AddAsync();
        GetResult result = await reader.GetAsync(receipt.Key, cancellationToken: Loopback.Token);
        Assert.Equal(Longest, result.Value.ToArray());
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_large_record_of_an_owner_is_updated_and_deleted()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        PutReceipt first = await network[0].PutAsync("name", new byte[769], cancellationToken: Loopback.Token);
        PutReceipt second = await network[0].PutAsync("name", Longest, cancellationToken: Loopback.Token);
        Assert.Equal((4, 4), (first.Stored, second.Stored));
        Assert.Equal(Longest, await ReadAsync());
        Assert.Equal(4, (await network[0].PutAsync("name", new byte[1], cancellationToken: Loopback.Token)).Stored);
        Assert.Equal(new byte[1], await ReadAsync());
        await network[0].PutAsync("name", Longest, cancellationToken: Loopback.Token);
        Assert.Equal(4, (await network[0].DeleteAsync("name", Loopback.Token)).Stored);
        Assert.True((await network[1].GetAsync(first.Key, cancellationToken: Loopback.Token)).IsDeleted);

        async Task<byte[]> ReadAsync() => (await network[1].GetAsync(first.Key, cancellationToken: Loopback.Token)).Value.ToArray();
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_large_put_on_condition_is_told_what_is_held()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        PutReceipt held = await network[0].PutAsync("name", Longest, cancellationToken: Loopback.Token);
        PutReceipt refused = await network[0].PutAsync("name", new byte[1000], new PutOptions { ExpectedSequence = 1 }, Loopback.Token);
        Assert.Equal(0, refused.Stored);
        Assert.All(refused.Verdicts, v => Assert.Equal((StoreOutcome.Conflict, held.Record.Sequence), (v.Outcome, v.Sequence)));
        Assert.True(refused.Newer!.IsSameAs(held.Record));
        PutOptions right = new() { ExpectedSequence = held.Record.Sequence };
        Assert.Equal(4, (await network[0].PutAsync("name", new byte[1000], right, Loopback.Token)).Stored);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_is_longer_than_a_node_holds_it_refuses()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode modest = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            Bootstrap = Loopback.BootstrapOf(network[0]),
            MaxValueLength = 1000,
        });
        await network.SettleAsync();
        Assert.Equal(2, (await network[0].PutContentAsync(new byte[1000], cancellationToken: Loopback.Token)).Stored);
        PutReceipt receipt = await network[0].PutContentAsync(new byte[1001], cancellationToken: Loopback.Token);
        Assert.Equal(StoreOutcome.Refused, Assert.Single(receipt.Verdicts, v => v.Contact.Id == modest.Id).Outcome);
        Assert.Equal(1001, (await modest.GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Value.Length);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Members_of_a_private_network_give_each_other_large_records()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode alice = await network.AddAsync(new KademliaOptions { ListenAddresses = [IPAddress.Loopback], NetworkKey = key });
        KademliaNode bob = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            NetworkKey = key,
            Bootstrap = Loopback.BootstrapOf(alice),
        });
        PutReceipt receipt = await alice.PutContentAsync(Longest, cancellationToken: Loopback.Token);
        Assert.Equal(2, receipt.Stored);
        Assert.Equal(Longest, (await bob.GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Value.ToArray());
    }
}
