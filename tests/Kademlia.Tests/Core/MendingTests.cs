using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>What a get leaves behind: content nearer to its readers, and the newest at holders that gave an old record.</summary>
public sealed class MendingTests
{
    private const int K = 4;

    private readonly World _world = new(1);

    public MendingTests()
    {
        _world.Grow(40, o => o with { BucketSize = K });
        _world.Run(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void Retention_is_the_shorter_the_more_nodes_are_closer()
    {
        TimeSpan[] retentions = [.. Enumerable.Range(0, 256).Select(Mending.Retention)];
        Assert.Equal(TimeSpan.FromHours(1), retentions[0]);
        Assert.Equal(retentions.OrderDescending(), retentions);
        Assert.All(retentions, r => Assert.True(r > TimeSpan.Zero));
    }

    [Fact]
    public void Content_is_cached_where_a_reader_asked_in_vain_and_is_gone_soon()
    {
        RecordKey key = RecordKey.ForContent("popular"u8);
        Put(_world.Nodes[0], new PutCall(key, [], "popular"u8.ToArray(), IsTombstone: false, new PutOptions { Republish = false }));
        WorldNode[] holders = HoldersOf(key);
        foreach (WorldNode reader in _world.Nodes.Except(holders))
        {
            Assert.True(Get(reader, key, new GetOptions()).Found);
        }

        _world.Run(TimeSpan.FromSeconds(5));
        WorldNode[] caches = [.. HoldersOf(key).Except(holders)];
        Assert.NotEmpty(caches);
        Assert.All(caches, c => Assert.Equal(RecordOrigin.Cache, EntryAt(c, key)!.Origin));
        _world.Run(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(RecordExpiry.SkewSeconds));
        Assert.All(caches, c => Assert.NotEqual(RecordOrigin.Cache, EntryAt(c, key)?.Origin));
        Assert.All(holders, h => Assert.NotNull(EntryAt(h, key)));
    }

    [Fact]
    public void A_holder_that_gives_an_old_record_is_given_the_newest()
    {
        WorldNode owner = _world.Nodes[0];
        RecordKey key = RecordKey.ForOwner(owner.Core.Identity.Algorithm, owner.Core.Identity.PublicKey.Span, "mine"u8);
        PutCall call = new(key, "mine"u8.ToArray(), new byte[] { 1 }, IsTombstone: false, new PutOptions { Republish = false });
        Put(owner, call);
        WorldNode deaf = HoldersOf(key).First(h => h != owner);
        _world.Partition = (from, to) => from == deaf.EndPoint || to == deaf.EndPoint;
        Put(owner, call with { Value = new byte[] { 2 } });
        _world.Partition = null;
        Assert.Equal(1, deaf.Core.Read(key, owner.Id)!.Value.Span[0]);

        WorldNode reader = _world.Nodes.Except(HoldersOf(key)).First();
        Assert.Equal(2, Get(reader, key, new GetOptions { Quorum = K }).Value.Span[0]);
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(2, deaf.Core.Read(key, owner.Id)!.Value.Span[0]);
    }

    [Fact]
    public void A_cached_copy_prolongs_nothing_that_is_held_otherwise()
    {
        WorldNode holder = _world.Nodes[0];
        Stranger stranger = new(_world, "203.0.113.1:7411");
        AddressToken token = stranger.Ping(holder.EndPoint);
        RecordKey key = RecordKey.ForContent("soon gone"u8);
        long soon = holder.Core.WallSeconds + 60;
        Store(stranger, holder, token, StorePurpose.Put, RecordDraft.Content("soon gone"u8, soon));
        Store(stranger, holder, token, StorePurpose.Cache, RecordDraft.Content("soon gone"u8, soon + 600));
        Assert.Equal(soon, EntryAt(holder, key)!.Head.ExpirySeconds);
        Store(stranger, holder, token, StorePurpose.Put, RecordDraft.Content("soon gone"u8, soon + 600));
        Assert.Equal(soon + 600, EntryAt(holder, key)!.Head.ExpirySeconds);
    }

    private void Store(Stranger stranger, WorldNode node, AddressToken token, StorePurpose purpose, Record record)
    {
        stranger.Ask(node.EndPoint, MessageKind.Store, token, (codec, to, envelope) =>
            codec.Write(to, envelope, new StoreRequest(purpose, record.View, StoreRequest.Unconditional), Codec.MinRequestLength));
        _world.Run(TimeSpan.FromSeconds(1));
    }

    private static RecordEntry? EntryAt(WorldNode node, RecordKey key) => node.Core.Holding.Index.Under(key) is [RecordEntry entry, ..] ? entry : null;

    private WorldNode[] HoldersOf(RecordKey key) => [.. _world.Nodes.Where(n => EntryAt(n, key) is not null)];

    private void Put(WorldNode node, PutCall call) =>
        Assert.True(_world.Await(node.Call((core, scope) => core.Putting.PutAsync(call, scope))).Stored > 0);

    private GetResult Get(WorldNode node, RecordKey key, GetOptions options) =>
        _world.Await(node.Call((core, scope) => core.Getting.GetAsync(key, options, scope)));
}
