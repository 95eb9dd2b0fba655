using System.Buffers.Binary;
using System.IO.Pipelines;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Simulation.Tests.Streams;

/// <summary>Records that no datagram carries, in virtual networks.</summary>
public sealed class LargeRecordTests
{
    private const int K = 20;

    public static TheoryData<string> Lies => ["ends", "ends early", "says too much", "stalls", "stalls within", "garbage", "nothing", "another"];

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0.1)]
    [InlineData(4, 0.1)]
    public void Half_of_the_holders_are_enough_to_get_it(int seed, double loss)
    {
        VirtualNetwork network = Join(seed, K);
        network.Links.Add(new Loss(loss));
        (PutReceipt content, PutReceipt owned) = network.Run(async () =>
        {
            KademliaNode publisher = network.RandomNode();
            return (await publisher.PutContentAsync(Longest(network)), await publisher.PutAsync("name", Longest(network)));
        });
        Assert.All([content, owned], receipt => Assert.Equal((K, K), (receipt.Stored, receipt.Wanted)));
        Assert.All(network.Nodes, node => Assert.Equal(2, node.Info.Records));

        network.KillAtRandom(0.5);
        network.Run(async () =>
        {
            KademliaNode reader = await network.StartNodeAsync(Client);
            Assert.True(Has(await reader.GetAsync(content.Key), content));
            Assert.True(Has(await reader.GetAsync(owned.Key), owned));
        });
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(PutAndGet(5), PutAndGet(5));
        Assert.NotEqual(PutAndGet(5), PutAndGet(6));
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void Who_lies_about_it_fails_nothing_but_itself(string lie)
    {
        VirtualNetwork network = Join(7, K);
        PutReceipt[] receipts = network.Run(async () => new[]
        {
            await network.RandomNode().PutContentAsync(Longest(network)),
            await network.RandomNode().PutAsync("name", Longest(network)),
        });
        int told = 0;
        foreach (KademliaNode liar in network.Nodes.Take(K - 3))
        {
            liar.Streams.Handle(RecordExchange.Protocol, async (_, pipe, token) =>
            {
                told++;
                await LieAsync(lie, pipe, token);
            });
        }

        network.Run(async () =>
        {
            KademliaNode reader = await network.StartNodeAsync(Client);
            foreach (PutReceipt receipt in receipts)
            {
                TimeSpan began = network.Now;
                Assert.True(Has(await reader.GetAsync(receipt.Key), receipt));
                Assert.InRange(network.Now - began, TimeSpan.Zero, TimeSpan.FromMinutes(2));
            }
        });
        Assert.InRange(told, 1, 2 * K);
    }

    [Fact]
    public void Where_some_have_no_streams_the_rest_hold_it()
    {
        VirtualNetwork network = Join(8, K / 2);
        network.Run(() => network.StartNodesAsync(K / 2, new KademliaOptions { MaxStreams = 0 }));
        network.Run(TimeSpan.FromMinutes(1));
        network.Run(async () =>
        {
            PutReceipt receipt = await network.Nodes[0].PutAsync("name", Longest(network));
            Assert.Equal((K / 2, K), (receipt.Stored, receipt.Wanted));
            Assert.Equal(K / 2, receipt.Verdicts.Count(v => v.Outcome == StoreOutcome.TimedOut));
            KademliaNode reader = await network.StartNodeAsync(Client);
            Assert.True(Has(await reader.GetAsync(receipt.Key), receipt));
            KademliaNode deaf = await network.StartNodeAsync(new KademliaOptions { Role = NodeRole.Client, MaxStreams = 0 });
            Assert.False((await deaf.GetAsync(receipt.Key)).Found);
        });
    }

    [Fact]
    public void A_newcomer_is_given_large_records_one_in_a_minute()
    {
        const int Records = 8;
        VirtualNetwork network = Join(9, 1);
        network.Run(async () =>
        {
            for (int i = 0; i < Records; i++)
            {
                await network.Nodes[0].PutContentAsync(Longest(network), new PutOptions { Republish = false });
            }
        });
        KademliaNode newcomer = network.Run(() => network.StartNodeAsync());
        network.Run(TimeSpan.FromMinutes(4));
        Assert.InRange(newcomer.Info.Records, 1, 5);
        network.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(Records, newcomer.Info.Records);
        Assert.True(newcomer.Info.RecordBytes > Records * Record.MaxValueLength);
    }

    [Fact]
    public void A_newcomer_among_many_is_given_it_within_the_usual_time()
    {
        VirtualNetwork network = Join(10, 2 * K);
        PutReceipt receipt = network.Run(() => network.RandomNode().PutContentAsync(Longest(network)));
        VirtualMachine machine = network.AddMachine();
        machine.Disk.Identity = network.CreateIdentityNear(receipt.Key.Hash, 8);
        KademliaNode newcomer = network.Run(() => machine.StartAsync());
        network.Run(TimeSpan.FromMinutes(45));
        Assert.Equal(1, newcomer.Info.Records);
    }

    [Fact]
    public void A_reader_gives_the_newest_to_a_stale_holder()
    {
        VirtualNetwork network = Join(11, 3);
        network.Run(async () =>
        {
            KademliaNode publisher = network.Nodes[0];
            KademliaNode stale = network.Nodes[2];
            KademliaNode reader = await network.StartNodeAsync(Client);
            await publisher.PutAsync("name", Longest(network));
            List<(NodeId Asker, MessageKind Kind)> asked = [];
            stale.Streams.Handle(RecordExchange.Protocol, async (peer, pipe, token) =>
            {
                ReadResult frame = await pipe.Input.ReadAtLeastAsync(Frame.PrefixLength + 2, token);
                asked.Add((peer.Id, (MessageKind)frame.Buffer.Slice(Frame.PrefixLength + 1).FirstSpan[0]));
            });
            PeerEndPoint apart = network.MachineOf(stale).EndPoints[0];
            Barrier barrier = new((from, to) => from == apart || to == apart);
            network.Links.Add(barrier);
            PutReceipt newest = await publisher.PutAsync("name", Longest(network));
            Assert.Equal(2, newest.Stored);
            barrier.IsOpen = true;
            Assert.True(Has(await reader.GetAsync(newest.Key), newest));
            await network.DelayAsync(TimeSpan.FromSeconds(5));
            Assert.Contains((reader.Id, MessageKind.Store), asked);
        });
    }

    [Fact]
    public void A_small_put_that_loses_to_a_large_record_is_told_which()
    {
        VirtualNetwork network = Join(14, 5);
        network.Run(async () =>
        {
            KademliaNode writer = await network.StartNodeAsync(Client);
            PutReceipt large = await writer.PutAsync("name", Longest(network), new PutOptions { Sequence = 100 });
            PutReceipt older = await writer.PutAsync("name", new byte[1], new PutOptions { Sequence = 50 });
            Assert.All(older.Verdicts, verdict => Assert.Equal(StoreOutcome.Older, verdict.Outcome));
            Assert.True(older.Newer!.IsSameAs(large.Record));
            PutReceipt refused = await writer.PutAsync("name", new byte[1], new PutOptions { ExpectedSequence = 0 });
            Assert.True(refused.Newer!.IsSameAs(large.Record));
        });
    }

    [Fact]
    public void Many_at_once_wait_for_each_other()
    {
        VirtualNetwork network = Join(15, 5);
        network.Run(async () =>
        {
            PutReceipt[] receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => network.Nodes[0].PutContentAsync(Longest(network))));
            Assert.All(receipts, receipt => Assert.Equal((5, 5), (receipt.Stored, receipt.Wanted)));
            KademliaNode reader = await network.StartNodeAsync(Client);
            GetResult[] results = await Task.WhenAll(receipts.Select(receipt => reader.GetAsync(receipt.Key)));
            Assert.All(results, result => Assert.True(result.Found));
        });
    }

    [Fact]
    public void A_get_that_is_given_up_ends_at_once()
    {
        VirtualNetwork network = Join(13, 3);
        network.Run(async () =>
        {
            PutReceipt receipt = await network.Nodes[0].PutAsync("name", Longest(network));
            foreach (KademliaNode node in network.Nodes)
            {
                node.Streams.Handle(RecordExchange.Protocol, (_, pipe, token) => LieAsync("stalls", pipe, token));
            }

            KademliaNode reader = await network.StartNodeAsync(Client);
            using CancellationTokenSource giveUp = new();
            Task<GetResult> get = reader.GetAsync(receipt.Key, cancellationToken: giveUp.Token);
            await network.DelayAsync(TimeSpan.FromSeconds(3));
            Assert.Equal(3, reader.Streams.Open);
            TimeSpan began = network.Now;
            giveUp.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
            Assert.Equal((began, 0), (network.Now, reader.Streams.Open));
        });
    }

    [Fact]
    public void A_listener_answers_in_order_and_ends_what_is_malformed_or_idle()
    {
        VirtualNetwork network = Join(12, 2);
        network.Run(async () =>
        {
            KademliaNode alice = network.Nodes[0];
            PutReceipt receipt = await alice.PutAsync("name", Longest(network));
            ReadOnlyMemory<byte> find = Frame.Write(new FindValueRequest(receipt.Key, 0));
            byte[] unknown = [0x92, 0x08, 0x90];
            await using PeerConnection stream = await OpenAsync();
            await SendAsync(stream, find.ToArray());
            await SendAsync(stream, unknown);
            await SendAsync(stream, find.ToArray());
            Assert.InRange((await ReadAsync(stream)).Length, Record.MaxValueLength, Frame.MaxLength);
            Assert.Equal([0x92, 0x7e, 0x90], await ReadAsync(stream));
            Assert.InRange((await ReadAsync(stream)).Length, Record.MaxValueLength, Frame.MaxLength);
            TimeSpan began = network.Now;
            Assert.Empty(await ReadAsync(stream));
            Assert.InRange(network.Now - began, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(35));

            foreach (byte[] malformed in (byte[][])[[0x92, 0x43, 0x90], [0x92, 0x03, 0x90], [0x92, 0x04, 0x90], [1, 2, 3], [], new byte[Frame.MaxLength + 1]])
            {
                await using PeerConnection other = await OpenAsync();
                await SendAsync(other, malformed);
                began = network.Now;
                Assert.Empty(await ReadAsync(other));
                Assert.InRange(network.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            }

            Task<PeerConnection> OpenAsync() => alice.Streams.ConnectAsync(
                new Contact(network.Nodes[1].Id, network.MachineOf(network.Nodes[1]).EndPoints[0]), RecordExchange.Protocol, default);
        });
    }

    private static KademliaOptions Client => new() { Role = NodeRole.Client };

    private static VirtualNetwork Join(int seed, int count)
    {
        VirtualNetwork network = new(seed);
        network.Run(() => network.StartNodesAsync(count));
        network.Run(TimeSpan.FromMinutes(1));
        return network;
    }

    private static ulong PutAndGet(int seed)
    {
        VirtualNetwork network = Join(seed, K);
        network.Links.Add(new Loss(0.1));
        network.Run(async () =>
        {
            PutReceipt receipt = await network.RandomNode().PutAsync("name", Longest(network));
            KademliaNode reader = await network.StartNodeAsync(Client);
            Assert.True(Has(await reader.GetAsync(receipt.Key), receipt));
        });
        return network.Trace;
    }

    private static byte[] Longest(VirtualNetwork network)
    {
        byte[] value = new byte[Record.MaxValueLength];
        network.Random.NextBytes(value);
        return value;
    }

    private static bool Has(GetResult result, PutReceipt receipt) => result.Value.Span.SequenceEqual(receipt.Record.Value.Span);

    private static async Task LieAsync(string lie, IDuplexPipe pipe, CancellationToken token)
    {
        await pipe.Input.ReadAtLeastAsync(Frame.PrefixLength, token);
        Record other = RecordDraft.Content(new byte[Record.MaxValueLength], long.MaxValue >> 30);
        byte[] another = Frame.Write(new FindValueReply(new RecordList([other]), 1, 0, [], more: false)).ToArray();
        (uint said, byte[] sent) = lie switch
        {
            "ends early" => ((uint)another.Length, another[..1000]),
            "says too much" => (uint.MaxValue, another),
            "stalls within" => ((uint)another.Length, another[..1000]),
            "garbage" => (1000u, Enumerable.Range(0, 1000).Select(i => (byte)(i * 37)).ToArray()),
            "nothing" => Prefixed(Frame.Write(new FindValueReply(default, 1, long.MaxValue, [], more: false))),
            "another" => Prefixed(another),
            _ => (0u, Array.Empty<byte>()),
        };
        if (sent.Length > 0)
        {
            byte[] prefix = new byte[Frame.PrefixLength];
            BinaryPrimitives.WriteUInt32BigEndian(prefix, said);
            await pipe.Output.WriteAsync((byte[])[.. prefix, .. sent], token);
        }

        if (lie.StartsWith("stalls", StringComparison.Ordinal))
        {
            await new TaskCompletionSource().Task.WaitAsync(token);
        }

        static (uint, byte[]) Prefixed(ReadOnlyMemory<byte> frame) => ((uint)frame.Length, frame.ToArray());
    }

    private static async Task SendAsync(PeerConnection stream, byte[] frame)
    {
        byte[] prefix = new byte[Frame.PrefixLength];
        BinaryPrimitives.WriteInt32BigEndian(prefix, frame.Length);
        await stream.Output.WriteAsync((byte[])[.. prefix, .. frame]);
    }

    /// <summary>The next frame; empty when the stream has ended.</summary>
    private static async Task<byte[]> ReadAsync(PeerConnection stream)
    {
        try
        {
            ReadResult prefix = await stream.Input.ReadAtLeastAsync(Frame.PrefixLength);
            if (prefix.Buffer.Length < Frame.PrefixLength)
            {
                return [];
            }

            byte[] bytes = new byte[Frame.PrefixLength];
            System.Buffers.BuffersExtensions.CopyTo(prefix.Buffer.Slice(0, Frame.PrefixLength), bytes);
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            stream.Input.AdvanceTo(prefix.Buffer.GetPosition(Frame.PrefixLength));
            ReadResult rest = await stream.Input.ReadAtLeastAsync(length);
            byte[] frame = System.Buffers.BuffersExtensions.ToArray(rest.Buffer.Slice(0, length));
            stream.Input.AdvanceTo(rest.Buffer.GetPosition(length));
            return frame;
        }
        catch (IOException)
        {
            return [];
        }
    }
}
