using System.Net;
using System.Text;

namespace Kademlia.Tests.Node;

/// <summary>What users do with records, between real nodes.</summary>
public sealed class NodeRecordTests
{
    private static readonly byte[] Value = "hello"u8.ToArray();

    [Fact(Timeout = Loopback.Patience)]
    public async Task The_quickstart_prints_what_it_promises()
    {
        await using KademliaNode alice = await KademliaNode.StartAsync(cancellationToken: Loopback.Token);
        await using KademliaNode bob = await KademliaNode.StartAsync(
            new KademliaOptions { Bootstrap = { $"127.0.0.1:{alice.Port}" } }, Loopback.Token);
        PutReceipt receipt = await alice.PutAsync("greeting", Value, cancellationToken: Loopback.Token);
        Assert.Equal((2, 2), (receipt.Stored, receipt.Wanted));
        GetResult result = await bob.GetAsync(receipt.Key, cancellationToken: Loopback.Token);
        Assert.True(result.Found);
        Assert.Equal("hello", Encoding.UTF8.GetString(result.Value.Span));
    }

    [Theory(Timeout = Loopback.Patience)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_small_network_works_at_once(int nodes)
    {
        await using Loopback network = await Loopback.StartAsync(nodes);
        PutReceipt receipt = await network[nodes - 1].PutAsync("greeting", Value, cancellationToken: Loopback.Token);
        Assert.Equal((nodes, nodes), (receipt.Stored, receipt.Wanted));
        await AssertEveryNodeFinds(network, receipt.Key);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Fifty_nodes_find_each_other_s_records()
    {
        await using Loopback network = await Loopback.StartAsync(50);
        RecordKey[] keys = new RecordKey[network.Nodes.Count];
        await Loopback.ForAllAsync(Enumerable.Range(0, keys.Length), async i =>
        {
            PutReceipt receipt = await network[i].PutAsync("mine", BitConverter.GetBytes(i), cancellationToken: Loopback.Token);
            Assert.InRange(receipt.Stored, 18, receipt.Wanted);
            keys[i] = receipt.Key;
        });
        await Loopback.ForAllAsync(Enumerable.Range(0, keys.Length * 3), async i =>
        {
            int whose = (i * 7) % keys.Length;
            GetResult result = await network[i % keys.Length].GetAsync(keys[whose], cancellationToken: Loopback.Token);
            Assert.Equal(BitConverter.GetBytes(whose), result.Value.ToArray());
        });
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Not_finding_is_a_result()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        GetResult result = await network[1].GetAsync(RecordKey.ForName("nothing"), cancellationToken: Loopback.Token);
        Assert.False(result.Found);
        Assert.False(result.IsDeleted);
        Assert.True(result.IsComplete);
        Assert.Null(result.Record);
        Assert.Empty(result.Records);
        Assert.True(result.Value.IsEmpty);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Content_lives_under_its_hash_and_an_empty_value_is_a_value()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        PutReceipt hello = await network[0].PutContentAsync(Value, cancellationToken: Loopback.Token);
        PutReceipt empty = await network[1].PutContentAsync(default, cancellationToken: Loopback.Token);
        Assert.Equal(RecordKey.ForContent(Value), hello.Key);
        await AssertEveryNodeFinds(network, hello.Key);
        Assert.True((await network[2].GetAsync(empty.Key, cancellationToken: Loopback.Token)).Found);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task The_longest_value_and_the_longest_name_fit_a_datagram()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        byte[] longest = new byte[Record.MaxDatagramValueLength];
        new Random(1).NextBytes(longest);
        PutReceipt receipt = await network[0].PutAsync(new string('n', 64), longest, cancellationToken: Loopback.Token);
        Assert.All(receipt.Verdicts, verdict => Assert.Equal(StoreOutcome.Stored, verdict.Outcome));
        Assert.Equal(2, receipt.Stored);
        Assert.Equal(longest, (await network[1].GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Value.ToArray());
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_value_that_is_too_long_is_refused_before_anything_is_sent()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode small = await network.AddAsync(new KademliaOptions { ListenAddresses = [IPAddress.Loopback], MaxValueLength = 1000 });
        KademliaNode deaf = await network.AddAsync(new KademliaOptions { ListenAddresses = [IPAddress.Loopback], MaxStreams = 0 });
        long sent = network[0].Info.Counters.Sent;
        foreach ((int most, Func<byte[], Task> putAsync) in new (int, Func<byte[], Task>)[]
        {
            (65_536, value => network[0].PutAsync("name", value, cancellationToken: Loopback.Token)),
            (65_536, value => network[0].PutContentAsync(value, cancellationToken: Loopback.Token)),
            (768, value => network[0].PutOpenAsync("name", value, cancellationToken: Loopback.Token)),
            (1000, value => small.PutAsync("name", value, cancellationToken: Loopback.Token)),
            (768, value => deaf.PutAsync("name", value, cancellationToken: Loopback.Token)),
        })
        {
            ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(() => putAsync(new byte[most + 1]));
            Assert.Contains($"at most {most} bytes", refusal.Message, StringComparison.Ordinal);
            Assert.Contains($"has {most + 1}. ", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(sent, network[0].Info.Counters.Sent);
        Assert.Equal(0, network[0].Info.Records);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task The_last_put_of_a_name_is_what_everybody_reads()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        PutReceipt first = await network[0].PutAsync("counter", new byte[] { 1 }, cancellationToken: Loopback.Token);
        PutReceipt second = await network[0].PutAsync("counter", new byte[] { 2 }, cancellationToken: Loopback.Token);
        Assert.Equal(first.Key, second.Key);
        Assert.True(second.Record.Sequence > first.Record.Sequence);
        await Loopback.ForAllAsync(network.Nodes, async node =>
            Assert.Equal([2], (await node.GetAsync(first.Key, cancellationToken: Loopback.Token)).Value.ToArray()));
        Assert.Equal([second.Record], network[0].OwnRecords);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_deleted_record_is_gone_for_everybody_and_can_be_written_again()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        PutReceipt put = await network[0].PutAsync("greeting", Value, cancellationToken: Loopback.Token);
        PutReceipt delete = await network[0].DeleteAsync("greeting", Loopback.Token);
        Assert.Equal(4, delete.Stored);
        Assert.Empty(network[0].OwnRecords);
        await Loopback.ForAllAsync(network.Nodes, async node =>
        {
            GetResult result = await node.GetAsync(put.Key, cancellationToken: Loopback.Token);
            Assert.Equal((false, true), (result.Found, result.IsDeleted));
        });
        await network[0].PutAsync("greeting", Value, cancellationToken: Loopback.Token);
        await AssertEveryNodeFinds(network, put.Key);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Of_two_swaps_that_expect_the_same_one_wins()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        PutReceipt first = await network[0].PutAsync("counter", new byte[] { 1 }, new PutOptions { Sequence = 1, ExpectedSequence = 0 }, Loopback.Token);
        Assert.Equal(3, first.Stored);
        PutReceipt second = await network[0].PutAsync("counter", new byte[] { 2 }, new PutOptions { Sequence = 2, ExpectedSequence = 1 }, Loopback.Token);
        Assert.Equal(3, second.Stored);
        PutReceipt late = await network[0].PutAsync("counter", new byte[] { 3 }, new PutOptions { Sequence = 3, ExpectedSequence = 1 }, Loopback.Token);
        Assert.Equal(0, late.Stored);
        Assert.All(late.Verdicts, verdict => Assert.Equal((StoreOutcome.Conflict, 2), (verdict.Outcome, verdict.Sequence)));
        Assert.Equal(2, late.Newer?.Sequence);
        Assert.Equal([2], (await network[2].GetAsync(first.Key, cancellationToken: Loopback.Token)).Value.ToArray());
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task An_open_key_streams_every_writer_s_record_without_the_deleted()
    {
        await using Loopback network = await Loopback.StartAsync(5);
        RecordKey key = RecordKey.ForName("room");
        await Loopback.ForAllAsync(network.Nodes, node => node.PutOpenAsync("room", Value, cancellationToken: Loopback.Token));
        await network[1].DeleteOpenAsync("room", Loopback.Token);
        HashSet<NodeId> writers = [];
        await foreach (Record record in network[4].GetAllAsync(key, Loopback.Token))
        {
            Assert.Equal(key, record.Key);
            writers.Add(record.Writer);
        }

        Assert.Equal(network.Nodes.Where(n => n != network[1]).Select(n => n.Id).Order(), writers.Order());
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task An_enumeration_that_is_abandoned_ends_its_search()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        await Loopback.ForAllAsync(network.Nodes, node => node.PutOpenAsync("room", Value, cancellationToken: Loopback.Token));
        await foreach (Record _ in network[2].GetAllAsync(RecordKey.ForName("room"), Loopback.Token))
        {
            break;
        }

        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Loopback.Token);
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (Record _ in network[2].GetAllAsync(RecordKey.ForName("room"), source.Token))
            {
                await source.CancelAsync();
            }

            source.Token.ThrowIfCancellationRequested();
        });
        Assert.Equal(source.Token, cancelled.CancellationToken);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_record_that_the_application_turns_down_is_refused_and_so_it_is_when_the_validator_throws()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [System.Net.IPAddress.Loopback],
            Bootstrap = Loopback.BootstrapOf(network[0]),
            AcceptRecord = record => record.Value.Span[0] switch
            {
                0 => false,
                1 => throw new InvalidOperationException("The validator of a test fails."),
                _ => true,
            },
        });
        await network.SettleAsync();
        NodeId picky = network[1].Id;
        for (byte i = 0; i < 3; i++)
        {
            PutReceipt receipt = await network[0].PutAsync($"record {i}", new[] { i }, cancellationToken: Loopback.Token);
            StoreOutcome outcome = Assert.Single(receipt.Verdicts, verdict => verdict.Contact.Id == picky).Outcome;
            Assert.Equal(i < 2 ? StoreOutcome.Refused : StoreOutcome.Stored, outcome);
        }
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Wrong_arguments_are_told()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode node = network[0];
        await Assert.ThrowsAsync<ArgumentException>(() => node.GetAsync(default, cancellationToken: Loopback.Token));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            node.GetAsync(RecordKey.ForName("x"), new GetOptions { Quorum = 0 }, Loopback.Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.PutAsync(null!, Value, cancellationToken: Loopback.Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.PutAsync(new string('n', 65), Value, cancellationToken: Loopback.Token));
        foreach (PutOptions wrong in new PutOptions[]
        {
            new() { Lifetime = TimeSpan.Zero }, new() { Lifetime = TimeSpan.FromHours(49) }, new() { Sequence = 0 }, new() { ExpectedSequence = -1 },
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => node.PutAsync("name", Value, wrong, Loopback.Token));
        }
    }

    private static Task AssertEveryNodeFinds(Loopback network, RecordKey key) => Loopback.ForAllAsync(network.Nodes, async node =>
        Assert.Equal(Value, (await node.GetAsync(key, cancellationToken: Loopback.Token)).Value.ToArray()));
}
