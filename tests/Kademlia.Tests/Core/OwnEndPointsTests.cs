using System.Net;
using Kademlia.Core;

namespace Kademlia.Tests.Core;

public sealed class OwnEndPointsTests
{
    private static readonly PeerEndPoint Bound = PeerEndPoint.Parse("192.0.2.1:7411");
    private static readonly PeerEndPoint SeenAs = PeerEndPoint.Parse("198.51.100.1:9000");
    private static readonly PeerEndPoint Everywhere = PeerEndPoint.Parse("0.0.0.0:7411");

    private readonly World _world = new(1);

    [Fact]
    public void Contains_WhereWeAreBound_IsOurs()
    {
        OwnEndPoints.Snapshot own = Make(Bound).OwnEndPoints.Take();
        Assert.True(own.Contains(Bound));
        Assert.False(own.Contains(PeerEndPoint.Parse("192.0.2.1:7412")));
        Assert.False(own.Contains(PeerEndPoint.Parse("192.0.2.2:7411")));
        Assert.False(own.Contains(PeerEndPoint.Parse("[2001:db8::1]:7411")));
    }

    [Fact]
    public void Contains_BoundToEveryAddress_LoopbackAtOurPortIsOurs()
    {
        OwnEndPoints.Snapshot own = Make(Everywhere).OwnEndPoints.Take();
        Assert.True(own.Contains(PeerEndPoint.Parse("127.0.0.1:7411")));
        Assert.False(own.Contains(PeerEndPoint.Parse("127.0.0.1:7412")));
        Assert.False(own.Contains(PeerEndPoint.Parse("10.0.0.1:7411")));
    }

    [Fact]
    public void Contains_WhereAMajoritySeesUs_IsOurs()
    {
        NodeCore core = Make(Bound);
        Vote(core, 2);
        Assert.False(core.OwnEndPoints.Take().Contains(SeenAs));
        Vote(core, 3);
        Assert.True(core.OwnEndPoints.Take().Contains(SeenAs));
    }

    [Fact]
    public void Contains_AConfiguredAddress_IsOursAtOurPort()
    {
        OwnEndPoints.Snapshot own = Make(Everywhere, SeenAs.Address).OwnEndPoints.Take();
        Assert.True(own.Contains(new PeerEndPoint(SeenAs.Address, 7411)));
        Assert.False(own.Contains(SeenAs));
    }

    [Fact]
    public void BestOf_TheMoreCertainGoesFirst()
    {
        NodeCore bound = Make(Bound);
        Assert.Equal(Bound, bound.OwnEndPoints.BestOf(bound.Overlays[0]));
        Vote(bound, 2);
        Assert.Equal(Bound, bound.OwnEndPoints.BestOf(bound.Overlays[0]));
        Vote(bound, 3);
        Assert.Equal(SeenAs, bound.OwnEndPoints.BestOf(bound.Overlays[0]));

        NodeCore everywhere = Make(Everywhere);
        Assert.Equal(default, everywhere.OwnEndPoints.BestOf(everywhere.Overlays[0]));
        Vote(everywhere, 1);
        Assert.Equal(SeenAs, everywhere.OwnEndPoints.BestOf(everywhere.Overlays[0]));

        NodeCore configured = Make(Bound, IPAddress.Parse("203.0.113.1"));
        Vote(configured, 3);
        Assert.Equal(PeerEndPoint.Parse("203.0.113.1:7411"), configured.OwnEndPoints.BestOf(configured.Overlays[0]));
    }

    private static void Vote(NodeCore core, int voters)
    {
        for (int i = 0; i < voters; i++)
        {
            core.Votes.Add(PeerEndPoint.Parse($"20.0.{i}.1:7411"), SeenAs, core.Now);
        }
    }

    private NodeCore Make(PeerEndPoint bound, params IPAddress[] configured)
    {
        CoreOptions options = new()
        {
            Network = 1,
            HasIPv4 = true,
            HasIPv6 = false,
            LocalEndPoints = [bound],
            PublicAddresses = configured,
        };
        return new WorldNode(_world, [bound], options, _world.Scheme.CreateIdentity(), new Random(1)).Core;
    }
}
