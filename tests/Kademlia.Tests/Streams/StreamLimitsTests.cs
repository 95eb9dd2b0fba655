using Kademlia.Streams;

namespace Kademlia.Tests.Streams;

public sealed class StreamLimitsTests
{
    private static readonly NodeId Alice = NodeId.Random(new Random(1));

    [Fact]
    public void TryBegin_OneGroup_HasItsShareOfHandshakes()
    {
        StreamLimits limits = new(maxOpen: 256, maxPerPeer: 16, limitLocal: false);
        Assert.All(Enumerable.Range(0, StreamLimits.MaxHandshakesPerGroup), i => Assert.True(limits.TryBegin(At(1, i))));
        Assert.False(limits.TryBegin(At(1, 99)));
        Assert.True(limits.TryBegin(At(2, 1)));
        limits.End(At(1, 0));
        Assert.True(limits.TryBegin(At(1, 99)));
    }

    [Fact]
    public void TryBegin_ManyGroups_AreBoundedInAll()
    {
        StreamLimits limits = new(maxOpen: 256, maxPerPeer: 16, limitLocal: false);
        Assert.All(Enumerable.Range(0, StreamLimits.MaxHandshakes), i => Assert.True(limits.TryBegin(At(i, 1))));
        Assert.False(limits.TryBegin(At(200, 1)));
    }

    [Fact]
    public void TryOpen_OnePeer_HasSoMany()
    {
        StreamLimits limits = new(maxOpen: 256, maxPerPeer: 2, limitLocal: false);
        Assert.True(limits.TryOpen(Alice, At(1, 1)));
        Assert.True(limits.TryOpen(Alice, from: null));
        Assert.False(limits.TryOpen(Alice, At(2, 1)));
        limits.Close(Alice, At(1, 1));
        Assert.True(limits.TryOpen(Alice, At(2, 1)));
    }

    [Fact]
    public void TryOpen_OneGroupWithManyIds_HasAQuarter()
    {
        StreamLimits limits = new(maxOpen: 16, maxPerPeer: 16, limitLocal: false);
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(limits.TryOpen(NodeId.Random(new Random(i)), At(1, i))));
        Assert.False(limits.TryOpen(NodeId.Random(new Random(9)), At(1, 9)));
        Assert.True(limits.TryOpen(NodeId.Random(new Random(9)), from: null));
        Assert.True(limits.TryOpen(NodeId.Random(new Random(9)), At(2, 9)));
    }

    [Fact]
    public void TryOpen_RefusedByThePeersBound_ChargesNoGroup()
    {
        StreamLimits limits = new(maxOpen: 4, maxPerPeer: 1, limitLocal: false);
        Assert.True(limits.TryOpen(Alice, from: null));
        Assert.False(limits.TryOpen(Alice, At(1, 1)));
        Assert.True(limits.TryOpen(NodeId.Random(new Random(2)), At(1, 1)));
    }

    [Fact]
    public void TryOpen_InAll_IsBounded()
    {
        StreamLimits limits = new(maxOpen: 3, maxPerPeer: 16, limitLocal: false);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(limits.TryOpen(Alice, from: null)));
        Assert.False(limits.TryOpen(Alice, from: null));
    }

    [Fact]
    public void TryBegin_OneLocalAddressFromManyPorts_IsOne()
    {
        StreamLimits limits = new(maxOpen: 256, maxPerPeer: 16, limitLocal: false);
        Assert.All(
            Enumerable.Range(0, StreamLimits.MaxHandshakesPerGroup), i => Assert.True(limits.TryBegin(PeerEndPoint.Parse($"192.168.0.7:{40_000 + i}"))));
        Assert.False(limits.TryBegin(PeerEndPoint.Parse("192.168.0.7:50000")));
        Assert.True(limits.TryBegin(PeerEndPoint.Parse("192.168.0.8:50000")));
    }

    [Fact]
    public void TryOpen_Strangers_LeaveRoomForOnesOwn()
    {
        StreamLimits limits = new(maxOpen: 16, maxPerPeer: 16, limitLocal: false);
        Assert.All(Enumerable.Range(0, 12), i => Assert.True(limits.TryOpen(NodeId.Random(new Random(i)), At(i, 1))));
        Assert.False(limits.TryOpen(Alice, At(99, 1)));
        Assert.True(limits.TryOpen(Alice, from: null));
    }

    private static PeerEndPoint At(int group, int host) => PeerEndPoint.Parse($"198.51.{group}.{host + 1}:7411");
}
