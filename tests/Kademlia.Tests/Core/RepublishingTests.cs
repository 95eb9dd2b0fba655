using Kademlia.Core;
using Kademlia.Records;

namespace Kademlia.Tests.Core;

/// <summary>When a record of our own is stored again, and when no more.</summary>
public sealed class RepublishingTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(54);

    private readonly World _world = new(41);

    [Fact]
    public void A_put_that_all_took_is_made_again_within_the_interval()
    {
        _world.Grow(5, Configure);
        WorldNode publisher = _world.Nodes[0];
        OwnRecord own = Publish(publisher, "kept").Own;
        TimeSpan[] pauses = PausesOf(publisher, own, TimeSpan.FromHours(6));
        Assert.InRange(pauses.Length, 6, 20);
        Assert.All(pauses, pause => Assert.InRange(pause, Interval / 3, Interval + TimeSpan.FromSeconds(20)));
        Assert.True(pauses.Max() > 1.2 * pauses.Min());
        Assert.Equal((5, 5), (own.Stored, own.Wanted));
    }

    [Fact]
    public void A_put_that_fewer_took_than_should_is_made_again_soon_and_then_ever_later()
    {
        _world.Grow(3, Configure);
        _world.Grow(2, o => Configure(o) with { AcceptRecord = _ => false });
        WorldNode publisher = _world.Nodes[0];
        OwnRecord own = Publish(publisher, "refused by two").Own;
        Assert.Equal((3, 5), (own.Stored, own.Wanted));
        TimeSpan[] pauses = PausesOf(publisher, own, TimeSpan.FromHours(6));
        Assert.InRange(pauses[0], TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2));
        Assert.InRange(pauses.TakeWhile(pause => pause < Interval / 3).Count(), 3, 7);
        Assert.All(pauses[7..], pause => Assert.InRange(pause, Interval / 3, Interval + TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void While_nobody_answers_one_record_is_tried_now_and_then_and_afterwards_all_are_stored_at_once()
    {
        const int Records = 20;
        _world.Grow(4, Configure);
        WorldNode publisher = _world.Nodes[0];
        OwnRecord[] own = [.. Enumerable.Range(0, Records).Select(i => Publish(publisher, $"{i}").Own)];
        _world.Partition = (from, to) => from == publisher.EndPoint || to == publisher.EndPoint;
        _world.Run(Interval);
        long before = publisher.Core.Counters[Purpose.Republishing].Sent;
        _world.Run(Lifetime);
        Assert.InRange(publisher.Core.Counters[Purpose.Republishing].Sent - before, 20, 400);
        Assert.Contains(own, o => o.Stored == 1);
        DateTimeOffset rejoined = _world.Wall;
        _world.Partition = null;
        _world.Run(TimeSpan.FromMinutes(17));
        Assert.All(own, o => Assert.Equal((4, 4, true), (o.Stored, o.Wanted, o.PutAt > rejoined)));
    }

    [Fact]
    public void A_record_that_another_with_the_key_wrote_ends_the_keeping_of_ours_and_is_told()
    {
        _world.Grow(4, Configure);
        WorldNode publisher = _world.Nodes[0];
        OwnRecord own = Publish(publisher, "shared").Own;
        RecordDraft draft = RecordDraft.Owner(
            publisher.Core.Identity, 1, "shared"u8, own.Record.Sequence + 1, own.Record.ExpirySeconds, "theirs"u8);
        Record newer = draft.Complete(publisher.Core.Identity.Sign(draft.Preimage));
        foreach (WorldNode holder in _world.Nodes.Skip(1))
        {
            _world.Await(holder.Call((core, _) => core.Holding.HoldOwnAsync(newer, -1)));
        }

        Assert.True(publisher.Core.Putting.HealthOf(own).IsKept);
        _world.Run(Interval);
        LeaseHealth health = publisher.Core.Putting.HealthOf(own);
        Assert.False(health.IsKept);
        Assert.Null(health.NextPut);
        Assert.True(health.Newer?.IsSameAs(newer));
        Assert.Empty(publisher.Core.Putting.OwnRecords);
    }

    [Fact]
    public void A_put_that_finds_a_newer_record_ends_the_keeping_of_the_older_at_once()
    {
        _world.Grow(4, Configure);
        WorldNode publisher = _world.Nodes[0];
        OwnRecord own = Publish(publisher, "shared").Own;
        RecordDraft draft = RecordDraft.Owner(
            publisher.Core.Identity, 1, "shared"u8, own.Record.Sequence + 100_000_000, own.Record.ExpirySeconds, "theirs"u8);
        Record newer = draft.Complete(publisher.Core.Identity.Sign(draft.Preimage));
        _world.Await(_world.Nodes[1].Call((core, _) => core.Holding.HoldOwnAsync(newer, -1)));
        OwnRecord later = Publish(publisher, "shared").Own;
        Assert.All(new[] { own, later }, o => Assert.True(publisher.Core.Putting.HealthOf(o).Newer?.IsSameAs(newer)));
        Assert.Empty(publisher.Core.Putting.OwnRecords);
    }

    [Fact]
    public void Of_two_puts_at_once_the_later_is_kept_though_the_earlier_ends_last()
    {
        _world.Grow(3, Configure);
        (WorldNode publisher, WorldNode silent) = (_world.Nodes[0], _world.Nodes[2]);
        Func<PeerEndPoint, PeerEndPoint, bool> isCut = (from, to) => from == silent.EndPoint || to == silent.EndPoint;
        _world.Partition = isCut;
        WorldOperation<Publication> earlier = Begin(publisher, "shared");
        _world.Run(TimeSpan.FromSeconds(1));
        int asked = 0;
        _world.Sniffer = (_, to, _) => asked += to == silent.EndPoint ? 1 : 0;
        while (asked == 0)
        {
            _world.Run(TimeSpan.FromMilliseconds(10)); // Until the earlier has just asked the silent one again, in vain.
        }

        _world.Partition = null;
        OwnRecord later = Publish(publisher, "shared").Own;
        _world.Partition = isCut;
        Assert.False(earlier.IsEnded);
        Publication ended = _world.Await(earlier);
        Assert.Null(ended.Receipt.Newer);
        Assert.Equal((false, true), (publisher.Core.Putting.IsKept(ended.Own), publisher.Core.Putting.IsKept(later)));
    }

    [Fact]
    public void A_key_that_cannot_sign_is_told_and_tried_again()
    {
        _world.Grow(2, Configure);
        WorldNode publisher = _world.Nodes[0];
        OwnRecord own = Publish(publisher, "kept").Own;
        own.OnError("cannot sign");
        LeaseHealth health = publisher.Core.Putting.HealthOf(own);
        Assert.Equal((true, "cannot sign"), (health.IsKept, health.Error));
        _world.Run(Interval + TimeSpan.FromSeconds(20));
        Assert.Null(publisher.Core.Putting.HealthOf(own).Error);
    }

    private static CoreOptions Configure(CoreOptions options) => options with { RecordLifetime = Lifetime, RepublishInterval = Interval };

    private Publication Publish(WorldNode publisher, string name) => _world.Await(Begin(publisher, name));

    private static WorldOperation<Publication> Begin(WorldNode publisher, string name)
    {
        byte[] salt = RecordKey.EncodeName(name);
        RecordKey key = RecordKey.ForOwner(publisher.Core.Identity.Algorithm, publisher.Core.Identity.PublicKey.Span, salt);
        PutCall call = new(key, salt, "ours"u8.ToArray(), IsTombstone: false, new PutOptions());
        return publisher.Call((core, scope) => core.Putting.PublishAsync(call, scope));
    }

    /// <summary>The times between the puts of a record, the one before the first included.</summary>
    private TimeSpan[] PausesOf(WorldNode publisher, OwnRecord own, TimeSpan time)
    {
        List<DateTimeOffset> puts = [own.PutAt];
        for (TimeSpan end = _world.Now + time; _world.Now < end; _world.Run(TimeSpan.FromSeconds(10)))
        {
            if (own.PutAt != puts[^1])
            {
                puts.Add(own.PutAt);
            }
        }

        Assert.True(publisher.Core.Putting.IsKept(own));
        return [.. puts.Zip(puts.Skip(1), (first, second) => second - first)];
    }
}
