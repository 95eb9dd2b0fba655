using Kademlia.Admission;
using Kademlia.Core;

namespace Kademlia.Tests.Core;

public sealed class PeerBookTests
{
    private static readonly NodeId Id = NodeId.Random(new Random(1));
    private static readonly NodeId OtherId = NodeId.Random(new Random(2));

    private readonly PeerBook _book = new();

    [Fact]
    public void Find_Unknown_IsNullAndStaysUnknown()
    {
        Assert.Null(_book.Find(EndPoint(1)));
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void Get_SameEndPoint_IsTheSamePeer()
    {
        PeerState peer = _book.Get(EndPoint(1));
        Assert.Same(peer, _book.Get(EndPoint(1)));
        Assert.Same(peer, _book.Find(EndPoint(1)));
        Assert.NotSame(peer, _book.Get(EndPoint(2)));
    }

    [Fact]
    public void Get_Full_ForgetsTheLeastRecentlyUsed()
    {
        for (int i = 0; i < PeerBook.MaxPeers; i++)
        {
            _book.Get(EndPoint(i));
        }

        _book.Get(EndPoint(0));
        _book.Find(EndPoint(1)); // looking is not using
        _book.Get(EndPoint(PeerBook.MaxPeers));
        Assert.Equal(PeerBook.MaxPeers, _book.Count);
        Assert.NotNull(_book.Find(EndPoint(0)));
        Assert.Null(_book.Find(EndPoint(1)));
        Assert.NotNull(_book.Find(EndPoint(2)));
    }

    [Fact]
    public void OnReply_OtherId_IsNotProven()
    {
        PeerState peer = _book.Get(EndPoint(1));
        peer.OnReply(Id, new AddressToken(1));
        Assert.Equal((true, false), (peer.HasAnswered, peer.IsProven));
        peer.OnProven(OtherId);
        Assert.False(peer.IsProven);
        peer.OnProven(Id);
        peer.OnReply(Id, new AddressToken(2));
        Assert.Equal((true, new AddressToken(2)), (peer.IsProven, peer.Token));
        peer.OnReply(OtherId, new AddressToken(3));
        Assert.Equal((false, OtherId), (peer.IsProven, peer.Id));
        peer.OnReply(Id, new AddressToken(4));
        Assert.False(peer.IsProven);
    }

    private static PeerEndPoint EndPoint(int number) => PeerEndPoint.Parse($"60.0.{number / 250}.{number % 250}:7411");
}
