using System.Text;
using Kademlia.Core;
using Kademlia.Messages;

namespace Kademlia.Tests.Core;

/// <summary>Holders that k others are closer than: a newer record is not stored at them, so what they have may be old.</summary>
public sealed class DisplacedHolderTests
{
    private const int K = 4;

    private readonly World _world = new(1);

    public DisplacedHolderTests()
    {
        _world.Grow(100, o => o with { BucketSize = K });
        _world.Run(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void A_node_is_displaced_where_it_knows_k_that_are_closer()
    {
        NodeId key = RecordKey.ForContent("a key"u8).Hash;
        WorldNode[] byDistance = ByDistance(key);
        Assert.All(byDistance[..K], n => Assert.False(n.Core.Overlays[0].IsDisplaced(key)));
        WorldNode[] farther = byDistance[(2 * K)..];
        Assert.InRange(farther.Count(n => n.Core.Overlays[0].IsDisplaced(key)), 0.9 * farther.Length, farther.Length);
    }

    [Fact]
    public void Readers_see_what_the_closest_hold_though_three_times_as_many_farther_ones_hold_an_older_record()
    {
        Record old = Put("old");
        foreach (WorldNode node in ByDistance(old.Key.Hash)[K..(4 * K)])
        {
            _world.Await(node.Call((core, _) => core.Holding.HoldOwnAsync(old, StoreRequest.Unconditional)));
        }

        Put("new");
        WorldNode[] readers = [.. _world.Nodes.Where(n => n != Writer)];
        Assert.Equal(3 * K, readers.Count(n => n.Core.Read(old.Key, Writer.Id)?.Sequence == old.Sequence));
        // All at once, before any of them mends what it meets. Of those who hold the old one a few do not know the closest yet.
        WorldOperation<GetResult>[] gets = [.. readers.Select(n => Begin(n, old.Key))];
        int right = gets.Count(get => _world.Await(get).Value.Span.SequenceEqual("new"u8));
        Assert.InRange(right, 0.95 * readers.Length, readers.Length);
    }

    [Fact]
    public void Where_the_closest_are_silent_the_farther_ones_are_believed()
    {
        WorldNode[] closest = ByDistance(KeyOf(Writer).Hash)[..K];
        HashSet<PeerEndPoint> silent = [.. closest.Select(n => n.EndPoint)];
        _world.Partition = (from, to) => silent.Contains(from) || silent.Contains(to);
        Record record = Put("farther out");
        Assert.All(_world.Nodes.Except(closest), n => Assert.Equal(record.Value.Span, Get(n, record.Key).Value.Span));
    }

    /// <summary>The first that will not hold its own record.</summary>
    private WorldNode Writer => _world.Nodes.First(n => !ByDistance(KeyOf(n).Hash).Take(4 * K).Contains(n));

    private static RecordKey KeyOf(WorldNode node) => RecordKey.ForOwner(node.Core.Identity.Algorithm, node.Core.Identity.PublicKey.Span, "a"u8);

    private WorldNode[] ByDistance(NodeId key) => [.. _world.Nodes.OrderBy(n => n.Id ^ key)];

    private Record Put(string value)
    {
        PutCall call = new(KeyOf(Writer), "a"u8.ToArray(), Encoding.UTF8.GetBytes(value), IsTombstone: false, new PutOptions { Republish = false });
        PutReceipt receipt = _world.Await(Writer.Call((core, scope) => core.Putting.PutAsync(call, scope)));
        Assert.Equal(K, receipt.Stored);
        return receipt.Record;
    }

    private GetResult Get(WorldNode node, RecordKey key) => _world.Await(Begin(node, key));

    private static WorldOperation<GetResult> Begin(WorldNode node, RecordKey key) =>
        node.Call((core, scope) => core.Getting.GetAsync(key, new GetOptions(), scope));
}
