using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

public class NetworkTests
{
    private static readonly byte[] Value = "hello"u8.ToArray();

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        ulong first = TraceOf(seed: 7);
        Assert.Equal(first, TraceOf(seed: 7));
        Assert.NotEqual(first, TraceOf(seed: 8));
    }

    [Fact]
    public void Every_node_of_a_small_network_knows_every_other()
    {
        World world = new(1);
        world.Grow(12);
        world.Run(TimeSpan.FromMinutes(1));
        Assert.All(world.Nodes, n => Assert.Equal(11, n.Core.Overlays[0].Table.Count));
    }

    [Fact]
    public void A_record_stored_by_one_node_is_found_by_every_other()
    {
        World world = new(2);
        world.Grow(40);
        PutReceipt receipt = world.Await(Put(world.Nodes[3], "greeting"));
        Assert.Equal(20, receipt.Wanted);
        Assert.Equal(20, receipt.Stored);
        Assert.All(world.Nodes.ToArray(), n => Assert.Equal(Value, world.Await(Get(n, receipt.Key)).Value.ToArray()));
    }

    [Fact]
    public void A_lone_node_stores_and_finds_its_own_records()
    {
        World world = new(3);
        world.Grow(1);
        PutReceipt receipt = world.Await(Put(world.Nodes[0], "greeting"));
        Assert.Equal((1, 1), (receipt.Stored, receipt.Wanted));
        Assert.True(world.Await(Get(world.Nodes[0], receipt.Key)).Found);
    }

    [Fact]
    public void A_key_that_nobody_wrote_is_not_found_and_the_walk_is_complete()
    {
        World world = new(4);
        world.Grow(10);
        GetResult result = world.Await(Get(world.Nodes[5], RecordKey.ForName("nothing")));
        Assert.False(result.Found);
        Assert.True(result.IsComplete);
    }

    [Fact]
    public void A_lookup_finds_exactly_the_closest()
    {
        World world = new(5);
        world.Grow(60);
        for (int i = 0; i < 20; i++)
        {
            NodeId target = NodeId.Random(world.Random);
            WorldNode asker = world.Nodes[world.Random.Next(world.Nodes.Count)];
            IReadOnlyList<Contact> found = world.Await(asker.Call((core, scope) => core.Finding.FindClosestAsync(target, scope)));
            Assert.Equal(world.Nodes.Where(n => n != asker).OrderBy(n => n.Id ^ target).Take(20).Select(n => n.Contact), found);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_search_finds_who_takes_longer_to_answer_than_a_walk_waits(int seed)
    {
        World world = new(seed);
        world.Detour = (from, to) => IsApart(from) && IsApart(to) ? TimeSpan.FromMilliseconds(650) : TimeSpan.Zero;
        world.Grow(40);
        world.Run(TimeSpan.FromMinutes(2));
        (WorldNode asker, WorldNode afar) = (world.Nodes[6], world.Nodes[7]);
        IReadOnlyList<Contact> found = world.Await(asker.Call((core, scope) => core.Finding.FindClosestAsync(afar.Id, scope)));
        Assert.Equal(world.Nodes.Where(n => n != asker).OrderBy(n => n.Id ^ afar.Id).Take(20).Select(n => n.Id), found.Select(c => c.Id));

        bool IsApart(PeerEndPoint endPoint) => world.Nodes.FindIndex(n => n.EndPoint == endPoint) is 6 or 7;
    }

    [Fact]
    public void Records_survive_the_sudden_death_of_half_of_the_nodes()
    {
        World world = new(6);
        world.Grow(40);
        List<RecordKey> keys = [];
        for (int i = 0; i < 20; i++)
        {
            keys.Add(world.Await(Put(world.Nodes[i], $"record {i}")).Key);
        }

        foreach (WorldNode victim in world.Nodes.OrderBy(_ => world.Random.Next()).Take(20).ToArray())
        {
            world.Kill(victim);
        }

        Assert.All(keys, key => Assert.True(world.Await(Get(world.Nodes[world.Random.Next(world.Nodes.Count)], key)).Found));
    }

    [Fact]
    public void Puts_and_gets_succeed_while_a_third_of_all_datagrams_vanish()
    {
        World world = new(7);
        world.Grow(30);
        world.Loss = 0.3;
        for (int i = 0; i < 10; i++)
        {
            PutReceipt receipt = world.Await(Put(world.Nodes[i], "lossy"));
            Assert.InRange(receipt.Stored, 15, 25);
            Assert.True(world.Await(Get(world.Nodes[29 - i], receipt.Key)).Found);
        }

        Assert.InRange(world.Lost, 100, int.MaxValue);
    }

    [Fact]
    public void A_client_is_never_admitted_and_still_puts_and_gets()
    {
        World world = new(8);
        world.Grow(10);
        WorldNode client = world.Add(o => o with { IsClient = true }, true, world.Nodes[0]);
        world.Await(client.Begin());
        PutReceipt receipt = world.Await(Put(client, "from a client"));
        Assert.Equal((10, 10), (receipt.Stored, receipt.Wanted));
        Assert.True(world.Await(Get(client, receipt.Key)).Found);
        Assert.All(world.Nodes.Where(n => n != client), n => Assert.False(n.Core.Overlays[0].Table.Contains(client.Contact)));
    }

    [Fact]
    public void A_reply_is_never_longer_than_its_request_unless_that_carried_a_token()
    {
        World world = new(9);
        Dictionary<(PeerEndPoint, ulong), int> requests = [];
        int checkedReplies = 0;
        world.Sniffer = (from, to, datagram) =>
        {
            Codec codec = new(1);
            Assert.Equal(DecodeOutcome.Ok, codec.TryReadEnvelope(datagram, out Envelope envelope, out _));
            if (!envelope.IsReply)
            {
                Assert.InRange(datagram.Length, 128, 1200);
                requests[(from, envelope.Transaction)] = envelope.Token.IsNone ? datagram.Length : int.MaxValue;
            }
            else if (requests.TryGetValue((to, envelope.Transaction), out int length))
            {
                Assert.InRange(datagram.Length, 1, length);
                checkedReplies += length < int.MaxValue ? 1 : 0;
            }
        };
        world.Grow(30);
        world.Await(Put(world.Nodes[3], "greeting"));
        Assert.InRange(checkedReplies, 50, int.MaxValue);
    }

    [Fact]
    public void Everything_received_is_accepted_or_dropped_and_every_request_ends()
    {
        World world = new(10);
        world.Grow(20);
        world.Loss = 0.1;
        world.Await(Put(world.Nodes[3], "greeting"));
        world.Await(Get(world.Nodes[4], RecordKey.ForName("nothing")));
        Assert.All(world.Nodes, node =>
        {
            CoreCounters c = node.Core.Counters;
            Assert.Equal(c.Received, c.Accepted + c.Dropped);
            Assert.Equal(c.RequestsSent, c.RequestsAnswered + c.RequestsTimedOut + c.RequestsCancelled + node.Core.Requests.Count);
        });
    }

    [Fact]
    public void A_cancelled_operation_ends_once_and_leaves_nothing_under_way()
    {
        World world = new(11);
        world.Grow(20);
        world.Run(TimeSpan.FromMinutes(2));
        WorldNode node = world.Nodes[7];
        foreach (WorldNode other in world.Nodes.Where(n => n != node).ToArray())
        {
            world.Kill(other);
        }

        WorldOperation<PutReceipt> put = Put(node, "greeting");
        WorldOperation<GetResult> get = Get(node, RecordKey.ForName("nothing"));
        world.Run(TimeSpan.FromMilliseconds(30));
        Assert.NotEqual(0, node.Core.Requests.Count);
        put.Cancel();
        get.Cancel();
        Assert.IsType<OperationCanceledException>(put.Failure);
        Assert.IsType<OperationCanceledException>(get.Failure);
        Assert.Equal((1, 1, 0, 0), (put.Ends, get.Ends, put.Scope!.Count, get.Scope!.Count));
        Assert.Equal(0, node.Core.Requests.Count);
    }

    [Fact]
    public void A_node_that_leaves_is_out_of_its_neighbours_tables_at_once()
    {
        World world = new(12);
        world.Grow(10);
        WorldNode leaver = world.Nodes[4];
        world.Await(leaver.Call(async (core, scope) =>
        {
            await core.Upkeep.LeaveAsync(scope);
            return true;
        }));
        leaver.Stop();
        world.Run(TimeSpan.FromSeconds(20));
        Assert.All(world.Nodes, n => Assert.False(n.Core.Overlays[0].Table.Contains(leaver.Contact)));
    }

    [Fact]
    public void A_record_is_gone_when_it_expires()
    {
        World world = new(13);
        world.Grow(10);
        PutCall call = Call(world.Nodes[0], "short", Value, new PutOptions { Lifetime = TimeSpan.FromHours(1), Republish = false });
        RecordKey key = world.Await(world.Nodes[0].Call((core, scope) => core.Putting.PutAsync(call, scope))).Key;
        world.Run(TimeSpan.FromMinutes(50));
        Assert.True(world.Await(Get(world.Nodes[5], key)).Found);
        world.Run(TimeSpan.FromMinutes(30));
        Assert.False(world.Await(Get(world.Nodes[6], key)).Found);
        Assert.All(world.Nodes, n => Assert.Equal(0, n.Core.Holding.Index.Count));
    }

    [Fact]
    public void A_publisher_keeps_its_record_alive_beyond_its_lifetime()
    {
        World world = new(14);
        world.Grow(6);
        RecordKey key = world.Await(Put(world.Nodes[0], "kept")).Key;
        world.Run(TimeSpan.FromHours(60));
        Assert.True(world.Await(Get(world.Nodes[5], key)).Found);
    }

    [Fact]
    public void New_closer_neighbours_are_given_the_record()
    {
        World world = new(15);
        world.Grow(25, o => o with { BucketSize = 4 });
        RecordKey key = world.Await(Put(world.Nodes[0], "handed")).Key;
        for (int i = 0; i < 25; i++)
        {
            world.Grow(1, o => o with { BucketSize = 4 });
        }

        world.Run(TimeSpan.FromMinutes(30));
        WorldNode[] closest = [.. world.Nodes.OrderBy(n => n.Id ^ key.Hash).Take(4)];
        Assert.Contains(closest, n => world.Nodes.IndexOf(n) >= 25);
        Assert.All(closest, n => Assert.NotNull(n.Core.Holding.Index.Find(key, world.Nodes[0].Id)));
    }

    [Fact]
    public void A_deleted_record_is_not_found_and_says_that_it_was_deleted()
    {
        World world = new(16);
        world.Grow(12);
        WorldNode owner = world.Nodes[2];
        RecordKey key = world.Await(Put(owner, "greeting")).Key;
        PutCall delete = Call(owner, "greeting", default, new PutOptions(), isTombstone: true);
        Assert.Equal(12, world.Await(owner.Call((core, scope) => core.Putting.PutAsync(delete, scope))).Stored);
        GetResult result = world.Await(Get(world.Nodes[9], key));
        Assert.False(result.Found);
        Assert.True(result.IsDeleted);
    }

    [Fact]
    public void A_put_with_a_wrong_expectation_conflicts_everywhere_and_tells_the_newer()
    {
        World world = new(17);
        world.Grow(8);
        WorldNode owner = world.Nodes[2];
        Record first = world.Await(Put(owner, "counter")).Record;
        PutCall call = Call(owner, "counter", "two"u8.ToArray(), new PutOptions { ExpectedSequence = first.Sequence - 1 });
        PutReceipt receipt = world.Await(owner.Call((core, scope) => core.Putting.PutAsync(call, scope)));
        Assert.All(receipt.Verdicts, v => Assert.Equal(StoreOutcome.Conflict, v.Outcome));
        Assert.Equal(first.Sequence, receipt.Newer?.Sequence);
        Assert.Equal(Value, world.Await(Get(world.Nodes[7], first.Key)).Value.ToArray());
    }

    [Fact]
    public void Nothing_follows_the_greatest_sequence_and_that_is_told()
    {
        World world = new(25);
        world.Grow(3);
        WorldNode owner = world.Nodes[1];
        PutCall last = Call(owner, "name", Value, new PutOptions { Sequence = long.MaxValue });
        Assert.Equal(3, world.Await(owner.Call((core, scope) => core.Putting.PutAsync(last, scope))).Stored);
        foreach (bool isTombstone in new[] { false, true })
        {
            PutCall next = Call(owner, "name", default, new PutOptions(), isTombstone);
            WorldOperation<PutReceipt> put = owner.Call((core, scope) => core.Putting.PutAsync(next, scope));
            Assert.Contains("nothing can follow", Assert.IsType<KademliaException>(put.Failure).Message, StringComparison.Ordinal);
        }

        Assert.Equal(Value, world.Await(Get(world.Nodes[2], last.Key)).Value.ToArray());
        Assert.Equal(3, world.Await(Put(owner, "another name")).Stored);
    }

    [Fact]
    public void A_compare_and_swap_that_all_refuse_is_neither_read_nor_kept_alive()
    {
        World world = new(23);
        world.Grow(5);
        WorldNode owner = world.Nodes[2];
        PutCall call = Call(owner, "counter", Value, new PutOptions { ExpectedSequence = 5 });
        PutReceipt receipt = world.Await(owner.Call((core, scope) => core.Putting.PutAsync(call, scope)));
        Assert.All(receipt.Verdicts, v => Assert.Equal(StoreOutcome.Conflict, v.Outcome));
        Assert.False(world.Await(Get(owner, call.Key)).Found);
        Assert.Empty(owner.Core.Putting.OwnRecords);
    }

    [Fact]
    public void A_reader_that_has_seen_the_newer_record_is_never_given_the_older_again()
    {
        World world = new(26);
        world.Grow(6);
        WorldNode writer = world.Nodes[5];
        WorldNode reader = world.Add(o => o with { IsClient = true }, true, world.Nodes[0]);
        world.Await(reader.Begin());
        RecordKey key = world.Await(Put(writer, "name")).Key;
        WorldNode[] apart = [writer, reader];
        world.Partition = (from, to) => apart.Any(n => n.EndPoint == from) != apart.Any(n => n.EndPoint == to);
        Record newer = world.Await(Put(writer, "name")).Record;
        Assert.Equal(newer.Sequence, world.Await(Get(reader, key)).Record?.Sequence);
        Assert.True(world.Cut > 0);

        world.Partition = null;
        world.Kill(writer);
        Assert.All(world.Nodes.Where(n => n != reader), n => Assert.True(n.Core.Holding.Index.Find(key, writer.Id)?.Head.Sequence < newer.Sequence));
        Assert.Equal(newer.Sequence, world.Await(Get(reader, key)).Record?.Sequence);
    }

    [Fact]
    public void A_range_that_no_lookup_goes_into_is_refreshed()
    {
        World world = new(27);
        world.Grow(10, o => o with { BucketSize = 2 });
        world.Run(TimeSpan.FromHours(2.5));
        Assert.All(world.Nodes, n =>
        {
            Assert.True(n.Core.Overlays[0].Table.BucketCount > 1);
            Assert.False(n.Core.Overlays[0].Table.TryGetBucketToRefresh(n.Core.Now, TimeSpan.FromHours(1.5), world.Random, out _));
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_get_asks_the_five_nearest_but_the_slowest_first(int slow)
    {
        World world = new(29);
        world.Grow(12);
        world.Run(TimeSpan.FromMinutes(1));
        WorldNode reader = world.Nodes[0];
        RecordKey key = new(RecordKind.Content, NodeId.Random(world.Random));
        Contact[] nearest = new Contact[5];
        Assert.Equal(5, reader.Core.Overlays[0].Table.FindClosest(key.Hash, nearest));
        Assert.All(nearest, c => Assert.True(reader.Core.Peers.Get(c.EndPoint).HasMeasured));
        reader.Core.Peers.Get(nearest[slow].EndPoint).OnRoundTrip(TimeSpan.FromSeconds(4));
        List<PeerEndPoint> asked = [];
        world.Sniffer = (from, to, _) => asked.AddRange(from == reader.EndPoint ? [to] : []);
        world.Await(Get(reader, key));
        Assert.Equal(nearest.Where((_, i) => i != slow).Select(c => c.EndPoint), asked.Take(4));
    }

    [Fact]
    public void A_full_range_of_which_all_answer_is_left_alone()
    {
        World world = new(28);
        world.Grow(30, o => o with { BucketSize = 2 });
        world.Run(TimeSpan.FromMinutes(30));
        WorldNode node = world.Nodes[0];
        RoutingTable table = node.Core.Overlays[0].Table;
        Assert.True(table.IsSettled(new NodeId(~node.Id.Word0, 0, 0, 0)));
        Dictionary<NodeId, bool> wasSettled = [];
        world.Sniffer = (from, _, datagram) =>
        {
            if (from == node.EndPoint
                && node.Core.Codec.TryReadEnvelope(datagram, out Envelope envelope, out ReadOnlySpan<byte> body) == DecodeOutcome.Ok
                && envelope.Kind == MessageKind.FindNode
                && Codec.TryRead(body, out FindNodeRequest request))
            {
                wasSettled.TryAdd(request.Target, table.IsSettled(request.Target));
            }
        };
        world.Run(TimeSpan.FromHours(2));
        Assert.NotEmpty(wasSettled);
        Assert.DoesNotContain(true, wasSettled.Values);
    }

    [Fact]
    public void A_record_with_a_short_life_is_renewed_for_as_short_a_life()
    {
        World world = new(24);
        world.Grow(5);
        PutCall call = Call(world.Nodes[2], "short", Value, new PutOptions { Lifetime = TimeSpan.FromHours(1) });
        world.Await(world.Nodes[2].Call((core, scope) => core.Putting.PutAsync(call, scope)));
        for (int i = 0; i < 12; i++)
        {
            world.Run(TimeSpan.FromMinutes(30));
            Record found = world.Await(Get(world.Nodes[4], call.Key)).Record!;
            Assert.InRange(found.ExpirySeconds, world.Wall.ToUnixTimeSeconds(), world.Wall.ToUnixTimeSeconds() + 3600);
        }
    }

    [Fact]
    public void An_open_key_gives_every_writer_s_record()
    {
        World world = new(18);
        world.Grow(25);
        RecordKey key = RecordKey.ForName("room");
        foreach (WorldNode node in world.Nodes)
        {
            PutCall call = new(key, "room"u8.ToArray(), node.Id.ToByteArray(), IsTombstone: false, new PutOptions());
            PutReceipt receipt = world.Await(node.Call((core, scope) => core.Putting.PutAsync(call, scope)));
            Assert.InRange(receipt.Wanted, 19, 22);
            Assert.Equal(receipt.Wanted, receipt.Stored);
        }

        GetResult result = world.Await(Get(world.Nodes[20], key));
        Assert.Equal(world.Nodes.Select(n => n.Id).Order(), result.Records.Select(r => r.Writer).Order());
    }

    [Fact]
    public void Nodes_of_other_networks_and_keys_do_not_meet()
    {
        World world = new(19);
        byte[] key = new byte[32];
        world.Grow(3, o => o with { NetworkKey = key });
        WorldNode open = world.Add(null, true, world.Nodes[0]);
        WorldNode otherKey = world.Add(o => o with { NetworkKey = Enumerable.Repeat((byte)1, 32).ToArray() }, true, world.Nodes[0]);
        WorldNode otherName = world.Add(o => o with { NetworkKey = key, Network = 2 }, true, world.Nodes[0]);
        WorldNode member = world.Add(o => o with { NetworkKey = key }, true, world.Nodes[0]);
        Assert.False(world.Await(open.Begin()));
        Assert.False(world.Await(otherKey.Begin()));
        Assert.False(world.Await(otherName.Begin()));
        Assert.True(world.Await(member.Begin()));
    }

    [Fact]
    public void A_message_of_the_application_is_answered_once_although_datagrams_vanish()
    {
        World world = new(20);
        world.Grow(2);
        world.Loss = 0.3;
        int handled = 0;
        world.Nodes[1].OnTalk = talk =>
        {
            handled++;
            return talk.Payload;
        };
        int answered = 0;
        for (int i = 0; i < 20; i++)
        {
            TalkAnswer? answer = world.Await(world.Nodes[0].Call(
                (core, scope) => core.Talking.TalkAsync(world.Nodes[1].Contact, "echo", [(byte)i], scope)));
            answered += answer is null ? 0 : 1;
        }

        Assert.InRange(answered, 12, 20);
        Assert.InRange(handled, answered, 20);
    }

    [Fact]
    public void An_offline_node_joins_when_its_bootstrap_node_appears()
    {
        World world = new(21);
        WorldNode first = world.Add();
        world.Kill(first);
        WorldNode node = world.Add(o => o with { HasBootstraps = true }, true, first);
        Assert.False(world.Await(node.Begin()));
        Assert.False(world.Await(Get(node, RecordKey.ForName("nothing"))).IsComplete);
        first.IsDead = false;
        world.Attach(first);
        first.Begin();
        world.Run(TimeSpan.FromMinutes(2));
        Assert.True(world.Await(Get(node, RecordKey.ForName("nothing"))).IsComplete);
        Assert.Equal(1, node.Core.Overlays[0].Table.Count);
    }

    [Fact]
    public void A_node_that_joined_through_one_that_knew_nobody_yet_meets_its_neighbours_soon()
    {
        World world = new(25);
        world.Grow(40);
        WorldNode early = world.Add(null, true, world.Nodes[0]);
        WorldNode newcomer = world.Add(null, true, early);
        newcomer.Begin();
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(1, newcomer.Core.Overlays[0].Table.Count);
        early.Begin();
        world.Run(TimeSpan.FromMinutes(1));
        IEnumerable<WorldNode> neighbours = world.Nodes.Where(n => n != newcomer).OrderBy(n => n.Id ^ newcomer.Id).Take(20);
        Assert.All(neighbours, n => Assert.True(n.Core.Overlays[0].Table.Contains(newcomer.Contact)));
        Assert.All(neighbours, n => Assert.True(newcomer.Core.Overlays[0].Table.Contains(n.Contact)));
    }

    [Fact]
    public void Any_bytes_are_dropped_and_counted()
    {
        World world = new(22);
        world.Grow(2);
        WorldNode node = world.Nodes[0];
        long dropped = node.Core.Counters.Dropped;
        for (int i = 0; i < 2000; i++)
        {
            byte[] junk = new byte[world.Random.Next(1300)];
            world.Random.NextBytes(junk);
            node.Receive(junk, world.Nodes[1].EndPoint);
        }

        Assert.Equal(dropped + 2000, node.Core.Counters.Dropped);
    }

    private static ulong TraceOf(int seed)
    {
        World world = new(seed) { Loss = 0.05 };
        world.Grow(15);
        RecordKey key = world.Await(Put(world.Nodes[3], "greeting")).Key;
        world.Await(Get(world.Nodes[8], key));
        world.Run(TimeSpan.FromMinutes(30));
        return world.Trace;
    }

    private static WorldOperation<GetResult> Get(WorldNode node, RecordKey key) =>
        node.Call((core, scope) => core.Getting.GetAsync(key, new GetOptions(), scope));

    private static WorldOperation<PutReceipt> Put(WorldNode node, string name)
    {
        PutCall call = Call(node, name, Value, new PutOptions());
        return node.Call((core, scope) => core.Putting.PutAsync(call, scope));
    }

    private static PutCall Call(WorldNode node, string name, ReadOnlyMemory<byte> value, PutOptions options, bool isTombstone = false)
    {
        byte[] salt = RecordKey.EncodeName(name);
        NodeIdentity identity = node.Core.Identity;
        return new PutCall(RecordKey.ForOwner(identity.Algorithm, identity.PublicKey.Span, salt), salt, value, isTombstone, options);
    }
}
