using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>Equal gets at the same time are one get; others are not.</summary>
public sealed class SharedGetTests
{
    private World _world = new(1);

    [Fact]
    public void Ten_equal_gets_cost_what_one_costs_and_all_have_its_result()
    {
        (WorldNode reader, RecordKey key) = Prepare();
        long one = CostOf(() => Assert.True(_world.Await(Get(reader, key)).Found));
        Assert.InRange(one, 1, long.MaxValue);
        _world = new World(1);
        (reader, key) = Prepare();
        long ten = CostOf(() =>
        {
            WorldOperation<GetResult>[] gets = [.. Enumerable.Range(0, 10).Select(_ => Get(reader, key))];
            Assert.All(gets, get => Assert.Same(_world.Await(gets[0]), _world.Await(get)));
            Assert.True(gets[0].Result.Found);
        });
        Assert.Equal(one, ten);
    }

    [Fact]
    public void A_get_after_the_end_of_another_asks_again()
    {
        (WorldNode reader, RecordKey key) = Prepare();
        GetResult first = _world.Await(Get(reader, key));
        Assert.InRange(CostOf(() => Assert.NotSame(first, _world.Await(Get(reader, key)))), 1, long.MaxValue);
    }

    [Fact]
    public void Gets_that_ask_for_something_else_are_gets_of_their_own()
    {
        (WorldNode reader, RecordKey key) = Prepare();
        WorldOperation<GetResult> get = Get(reader, key);
        WorldOperation<GetResult> strict = Get(reader, key, new GetOptions { Quorum = 7 });
        WorldOperation<GetResult> later = Get(reader, key, new GetOptions { MinimumSequence = 7 });
        WorldOperation<GetResult> otherKind = Get(reader, key with { Kind = RecordKind.Open });
        GetResult[] results = [_world.Await(get), _world.Await(strict), _world.Await(later), _world.Await(otherKind)];
        Assert.Equal(4, results.Distinct().Count());
        Assert.False(results[3].Found);
    }

    [Fact]
    public void A_get_after_our_own_write_does_not_join_one_from_before()
    {
        (WorldNode owner, RecordKey key) = Prepare(asOwner: true);
        WorldOperation<GetResult> before = Get(owner, key);
        WorldOperation<PutReceipt> put = Put(owner, "two"u8.ToArray());
        WorldOperation<GetResult> during = Get(owner, key);
        Assert.InRange(_world.Await(put).Stored, 1, 20);
        WorldOperation<GetResult> after = Get(owner, key);
        Assert.NotSame(_world.Await(before), _world.Await(during));
        Assert.NotSame(_world.Await(during), _world.Await(after));
        Assert.Equal("two"u8.ToArray(), after.Result.Value.ToArray());
    }

    [Fact]
    public void A_get_that_is_under_way_when_our_write_ends_is_not_joined()
    {
        (WorldNode owner, RecordKey key) = Prepare(asOwner: true);
        WorldOperation<PutReceipt> put = Put(owner, "two"u8.ToArray());
        WorldOperation<GetResult>? during = null;
        while (!put.IsEnded)
        {
            during = during is { IsEnded: false } ? during : Get(owner, key);
            _world.Run(TimeSpan.FromMilliseconds(1));
        }

        Assert.False(during!.IsEnded);
        WorldOperation<GetResult> after = Get(owner, key);
        Assert.NotSame(_world.Await(during), _world.Await(after));
    }

    [Fact]
    public void Who_cancels_leaves_the_others_and_the_last_leaves_nothing_under_way()
    {
        (WorldNode reader, RecordKey key) = Prepare();
        WorldOperation<GetResult>[] gets = [Get(reader, key), Get(reader, key), Get(reader, key)];
        gets[0].Cancel();
        Assert.IsType<OperationCanceledException>(gets[0].Failure);
        Assert.NotEqual(0, reader.Core.Requests.Count);
        Assert.True(_world.Await(gets[1]).Found);
        Assert.Same(gets[1].Result, _world.Await(gets[2]));

        int others = reader.Core.Requests.Count;
        gets = [Get(reader, key), Get(reader, key)];
        gets[1].Cancel();
        Assert.NotEqual(others, reader.Core.Requests.Count);
        gets[0].Cancel();
        Assert.Equal(others, reader.Core.Requests.Count);
        Assert.All(gets, get => Assert.Equal((1, 0), (get.Ends, get.Scope!.Count)));
        Assert.True(_world.Await(Get(reader, key)).Found);
    }

    [Fact]
    public void A_node_that_stops_cancels_all_who_wait()
    {
        (WorldNode reader, RecordKey key) = Prepare();
        WorldOperation<GetResult>[] gets = [Get(reader, key), Get(reader, key)];
        reader.Stop();
        Assert.All(gets, get => Assert.IsType<OperationCanceledException>(get.Failure));
        Assert.Equal(0, reader.Core.Requests.Count);
    }

    /// <summary>A network without chatter, in which nodes other than the reader hold a record.</summary>
    private (WorldNode Reader, RecordKey Key) Prepare(bool asOwner = false)
    {
        _world.FixedLatency = TimeSpan.FromMilliseconds(20);
        _world.Grow(12, o => o with { BucketSize = 4 });
        _world.Run(TimeSpan.FromMinutes(1));
        WorldNode owner = _world.Nodes[2];
        RecordKey key = _world.Await(Put(owner, "one"u8.ToArray())).Key;
        WorldNode reader = _world.Nodes.First(n => n.Core.Holding.ReadAll(key).Count == 0);
        return (asOwner ? owner : reader, key);
    }

    /// <summary>How many questions after a value were asked.</summary>
    private long CostOf(Action action)
    {
        long asked = 0;
        _world.Sniffer = (_, _, datagram) => asked += IsFindValue(datagram) ? 1 : 0;
        action();
        _world.Sniffer = null;
        return asked;
    }

    private static bool IsFindValue(byte[] datagram)
    {
        new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out _);
        return envelope.Kind == MessageKind.FindValue;
    }

    private static WorldOperation<GetResult> Get(WorldNode node, RecordKey key, GetOptions? options = null) =>
        node.Call((core, scope) => core.Getting.GetAsync(key, options ?? new GetOptions(), scope));

    private static WorldOperation<PutReceipt> Put(WorldNode node, byte[] value)
    {
        NodeIdentity identity = node.Core.Identity;
        RecordKey key = RecordKey.ForOwner(identity.Algorithm, identity.PublicKey.Span, "name"u8);
        PutCall call = new(key, "name"u8.ToArray(), value, IsTombstone: false, new PutOptions());
        return node.Call((core, scope) => core.Putting.PutAsync(call, scope));
    }
}
