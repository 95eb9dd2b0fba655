using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>Neighbours keep each other complete: by difference, and no more than that.</summary>
public class ReplicationTests
{
    private const int K = 4;

    /// <summary>Some of a key's closest are not among the k nearest of any of the others. A record of which all holders die at once is lost.</summary>
    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(20)]
    public void When_holders_die_others_take_their_place_while_the_publisher_is_silent(int seed)
    {
        World world = Grown(seed, count: 30);
        WorldNode publisher = world.Nodes[0];
        List<RecordKey> kept = [.. Enumerable.Range(0, 20).Select(i => Put(world, publisher, $"kept {i}"))];
        world.Kill(publisher);
        for (int round = 0; round < 3; round++)
        {
            foreach (WorldNode node in world.Nodes.Where((_, i) => i % 3 == 0).ToArray())
            {
                world.Kill(node);
            }

            kept.RemoveAll(key => !world.Nodes.Any(n => Holds(n, key, publisher)));
            world.Run(TimeSpan.FromHours(1));
            Assert.All(kept, key => Assert.InRange(ClosestTo(world, key).Count(n => Holds(n, key, publisher)), K / 2, K));
        }

        Assert.InRange(world.Nodes.Count, 6, 10);
        Assert.InRange(kept.Count, 10, 20);
        Assert.All(kept, key => Assert.Equal(K, ClosestTo(world, key).Count(n => Holds(n, key, publisher))));
    }

    [Fact]
    public void A_newer_record_and_a_deletion_reach_a_holder_that_missed_them()
    {
        World world = Grown(seed: 22, count: 8);
        (WorldNode publisher, WorldNode deaf) = (world.Nodes[0], world.Nodes[1]);
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"name {i}").Where(n => Holds(deaf, Put(world, publisher, n), publisher)).Take(2)];
        RecordKey[] keys = [.. names.Select(n => Put(world, publisher, n))];
        world.Partition = (from, to) => from == deaf.EndPoint || to == deaf.EndPoint;
        Put(world, publisher, names[0], value: 2);
        Put(world, publisher, names[1], value: null);
        Assert.NotEqual(2, ValueAt(deaf, keys[0], publisher));
        world.Partition = null;
        world.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(2, ValueAt(deaf, keys[0], publisher));
        Assert.True(deaf.Core.Read(keys[1], publisher.Id)!.IsTombstone);
    }

    [Fact]
    public void A_node_that_leaves_gives_away_first_what_only_it_holds()
    {
        World world = Grown(seed: 24, count: 30);
        WorldNode leaving = world.Nodes[1];
        long expiry = world.Wall.ToUnixTimeSeconds() + 3600;
        Record record = Enumerable.Range(0, 1000)
            .Select(i => RecordDraft.Content(BitConverter.GetBytes(i), expiry))
            .First(r => ClosestTo(world, r.Key)[0] == leaving);
        world.Await(leaving.Call((core, _) => core.Holding.HoldOwnAsync(record, StoreRequest.Unconditional)));
        world.Await(leaving.Call(async (core, scope) =>
        {
            await core.Upkeep.LeaveAsync(scope);
            return true;
        }));
        world.Kill(leaving);
        Assert.InRange(world.Nodes.Count(n => n.Core.Holding.Index.Under(record.Key).Length > 0), 1, K);
    }

    [Fact]
    public void In_a_network_of_three_a_newcomer_has_everything_within_seconds()
    {
        World world = new(23);
        world.Grow(2);
        RecordKey key = Put(world, world.Nodes[0], "small");
        world.Grow(1);
        world.Run(TimeSpan.FromSeconds(10));
        Assert.True(Holds(world.Nodes[2], key, world.Nodes[0]));
    }

    [Fact]
    public void Where_nothing_differs_nothing_is_offered()
    {
        World world = Grown(seed: 24, count: 20);
        RecordKey[] keys = [.. Enumerable.Range(0, 20).Select(i => Put(world, world.Nodes[i], "same"))];
        world.Run(TimeSpan.FromHours(1));
        Dictionary<MessageKind, int> sent = Count(world, TimeSpan.FromHours(2));
        Assert.True(sent[MessageKind.Digest] > 20 * K);
        Assert.False(sent.ContainsKey(MessageKind.Store));

        // Who seemed to be among the closest when it was put keeps it.
        Assert.All(keys, key => Assert.InRange(world.Nodes.Count(n => n.Core.Holding.Index.Under(key).Length > 0), K, 2 * K));
    }

    [Fact]
    public void Who_has_just_come_is_pinged_and_not_compared_with()
    {
        World world = Grown(seed: 25, count: 20);
        Put(world, world.Nodes[0], "old");
        world.Grow(1, Configure);
        WorldNode newcomer = world.Nodes[^1];
        int digests = 0;
        world.Sniffer = (from, to, datagram) =>
            digests += (from == newcomer.EndPoint || to == newcomer.EndPoint) && KindOf(datagram) == MessageKind.Digest ? 1 : 0;
        world.Run(Replication.Acquaintance / 2);
        Assert.Equal(0, digests);
        world.Run(3 * Replication.Acquaintance);
        Assert.True(digests > 0);
    }

    [Fact]
    public void A_newcomer_that_is_heard_of_all_the_time_is_given_what_it_should_hold()
    {
        World world = Grown(seed: 29, count: 20);
        WorldNode publisher = world.Nodes[0];
        RecordKey[] keys = [.. Enumerable.Range(0, 20).Select(i => Put(world, publisher, $"talked past {i}"))];
        world.Grow(1, Configure);
        WorldNode newcomer = world.Nodes[^1];
        for (TimeSpan passed = TimeSpan.Zero; passed < 3 * Replication.Acquaintance; passed += Replication.Acquaintance / 5)
        {
            world.Run(Replication.Acquaintance / 5);
            Assert.All(world.Nodes.SkipLast(1), node => world.Await(node.Call((core, scope) => PingAsync(core, newcomer, scope))));
        }

        RecordKey[] owed = [.. keys.Where(key => ClosestTo(world, key).Contains(newcomer))];
        Assert.NotEmpty(owed);
        Assert.All(owed, key => Assert.True(Holds(newcomer, key, publisher)));
    }

    [Fact]
    public void A_record_that_a_neighbour_turns_away_is_not_offered_to_it_every_time()
    {
        World world = new(26);
        world.Grow(K + 2, Configure);
        world.Grow(1, o => Configure(o) with { AcceptRecord = _ => false });
        WorldNode picky = world.Nodes[^1];
        for (int i = 0; i < 10; i++)
        {
            Put(world, world.Nodes[0], $"unwelcome {i}");
        }

        world.Run(TimeSpan.FromMinutes(30));
        int offered = 0;
        world.Sniffer = (_, to, datagram) => offered += to == picky.EndPoint && KindOf(datagram) == MessageKind.Store ? 1 : 0;
        world.Run(TimeSpan.FromHours(3));
        Assert.InRange(offered, 1, 3 * 10 * 2);
        Assert.Equal(0, picky.Core.Holding.Index.Count);
    }

    [Fact]
    public void What_a_neighbour_has_is_not_offered_to_it_because_something_else_differs()
    {
        const int FewEntries = 256;
        World world = new(30);
        world.Grow(K + 2, Configure);
        world.Grow(1, o => Configure(o) with { AcceptRecord = r => r.Value.Span[0] == 1 });
        (WorldNode publisher, WorldNode picky) = (world.Nodes[0], world.Nodes[^1]);
        Assert.All(Enumerable.Range(0, 100), i => Put(world, publisher, $"welcome {i}"));
        Assert.All(Enumerable.Range(0, 5), i => Put(world, publisher, $"unwelcome {i}", value: 2));
        world.Run(TimeSpan.FromMinutes(40));
        List<int> lengths = [];
        world.Sniffer = (_, to, datagram) => lengths.AddRange(to == picky.EndPoint && KindOf(datagram) == MessageKind.Digest ? [datagram.Length] : []);
        for (int i = 0; i < 3; i++)
        {
            Put(world, publisher, $"new {i}");
            world.Run(TimeSpan.FromMinutes(5));
        }

        Assert.NotEmpty(lengths);
        Assert.InRange(lengths.Max(), 1, FewEntries);
    }

    [Fact]
    public void A_stranger_learns_nothing_by_comparing_and_gives_nothing()
    {
        World world = Grown(seed: 27, count: 8);
        RecordKey key = Put(world, world.Nodes[0], "secret");
        WorldNode holder = ClosestTo(world, key)[0];
        WorldNode client = world.Add(o => Configure(o) with { IsClient = true }, true, world.Nodes[1]);
        client.Begin();
        world.Run(TimeSpan.FromSeconds(5));
        DigestEntry entry = new(1, 2, 3);
        DigestAnswer? summary = world.Await(client.Call(Compare(DigestForm.Summary)));
        DigestAnswer? offer = world.Await(client.Call(Compare(DigestForm.Offer)));
        DigestAnswer? sketch = world.Await(client.Call(Compare(DigestForm.Sketch)));
        Assert.Equal((true, true), (summary!.Same, offer!.Same));
        Assert.Empty(offer.Wanted);
        Assert.Empty(sketch!.Lacked!);

        Func<NodeCore, CancelScope, CoreTask<DigestAnswer?>> Compare(DigestForm form) =>
            async (core, scope) => await new DigestOut(core, holder.Contact, [entry], form, scope).Send();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(60)]
    public void What_two_have_in_common_are_the_keys_of_which_both_are_among_the_k_closest(int contacts)
    {
        World world = new(28);
        NodeCore core = world.Add(Configure).Core;
        for (int i = 0; i < contacts; i++)
        {
            NodeId id = NodeId.Random(world.Random);
            NodeId near = new(core.Id.Word0 ^ (id.Word0 >> (i % 8)), id.Word1, id.Word2, id.Word3);
            core.Overlays[0].Table.Add(new Contact(near, PeerEndPoint.Parse($"{60 + i}.0.0.1:7411")), TimeSpan.Zero, out _);
        }

        for (int i = 0; i < 300; i++)
        {
            NodeId hash = NodeId.Random(world.Random);
            hash = new NodeId(core.Id.Word0 ^ (hash.Word0 >> (i % 10)), hash.Word1, hash.Word2, hash.Word3);
            RecordHead head = new(new RecordKey(RecordKind.Owner, hash), hash, 1, false, hash, long.MaxValue / 2, 1);
            Assert.True(core.Holding.Index.TryReserve(head, default, RecordOrigin.Put, []));
            core.Holding.Index.Commit(head);
        }

        Contact[] known = new Contact[contacts];
        known = known[..core.Overlays[0].Table.FindClosest(core.Id, known)];
        Assert.All(known.Take(2 * K), other => Assert.Equal(
            core.Holding.Index.ClosestFirst.Where(e => AreBothClosest(e.Key.Hash, other)), core.Replication.Common(other)));

        bool AreBothClosest(NodeId key, Contact other)
        {
            NodeId[] closest = [.. known.Select(c => c.Id).Append(core.Id).OrderBy(id => id ^ key).Take(K)];
            return closest.Contains(core.Id) && closest.Contains(other.Id);
        }
    }

    private static CoreOptions Configure(CoreOptions options) => options with { BucketSize = K };

    private static World Grown(int seed, int count)
    {
        World world = new(seed);
        world.Grow(count, Configure);
        world.Run(TimeSpan.FromMinutes(15));
        return world;
    }

    private static async CoreTask<bool> PingAsync(NodeCore core, WorldNode other, CancelScope scope) =>
        await new PingOut(core, other.Contact, scope).Send() is not null;

    private static RecordKey Put(World world, WorldNode publisher, string name, byte? value = 1)
    {
        byte[] salt = RecordKey.EncodeName(name);
        RecordKey key = RecordKey.ForOwner(publisher.Core.Identity.Algorithm, publisher.Core.Identity.PublicKey.Span, salt);
        PutOptions options = new() { Republish = false };
        PutCall call = new(key, salt, value is byte b ? new[] { b } : default, IsTombstone: value is null, options);
        Assert.True(world.Await(publisher.Call((core, scope) => core.Putting.PutAsync(call, scope))).Stored > 0);
        return key;
    }

    private static bool Holds(WorldNode node, RecordKey key, WorldNode publisher) =>
        node.Core.Holding.Index.Find(key, publisher.Id) is not null;

    private static int ValueAt(WorldNode node, RecordKey key, WorldNode publisher) =>
        node.Core.Read(key, publisher.Id) is { IsTombstone: false } record ? record.Value.Span[0] : -1;

    private static WorldNode[] ClosestTo(World world, RecordKey key) => [.. world.Nodes.OrderBy(n => n.Id ^ key.Hash).Take(K)];

    private static Dictionary<MessageKind, int> Count(World world, TimeSpan time)
    {
        Dictionary<MessageKind, int> counts = [];
        world.Sniffer = (_, _, datagram) => counts[KindOf(datagram)] = counts.GetValueOrDefault(KindOf(datagram)) + 1;
        world.Run(time);
        world.Sniffer = null;
        return counts;
    }

    private static MessageKind KindOf(byte[] datagram)
    {
        new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out _);
        return envelope.Kind;
    }
}
