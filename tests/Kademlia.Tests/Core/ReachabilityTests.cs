using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>What a node makes of being dialled, or not.</summary>
public sealed class ReachabilityTests
{
    private readonly World _world = new(1);

    [Fact]
    public void A_node_that_strangers_reach_goes_on_serving()
    {
        WorldNode node = Join();
        int dials = 0;
        _world.Sniffer = (_, to, datagram) => dials += to == node.EndPoint && Kind(datagram) == (MessageKind.Probe | MessageKind.Reply) ? 1 : 0;
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.False(node.Core.IsClient);
        Assert.InRange(dials, 2, 100);
    }

    [Fact]
    public void A_node_whom_only_those_reach_to_whom_it_sent_becomes_a_client_and_a_server_again_when_that_ends()
    {
        HashSet<PeerEndPoint> sentTo = [];
        PeerEndPoint inside = default;
        bool isMapped = true;
        _world.Sniffer = (from, to, _) => sentTo.UnionWith(from == inside ? [to] : Array.Empty<PeerEndPoint>());
        _world.Partition = (from, to) => isMapped && to == inside && !sentTo.Contains(from);
        WorldNode node = Join(n => inside = n.EndPoint);
        _world.Run(TimeSpan.FromMinutes(20));
        Assert.True(node.Core.IsClient, $"It is reached by all of {sentTo.Count} to whom it sent.");
        Assert.True(_world.Cut > 0);
        _world.Run(TimeSpan.FromMinutes(40));
        Assert.DoesNotContain(_world.Nodes, n => n != node && n.Core.Overlays[0].Table.Contains(node.Contact));
        isMapped = false;
        _world.Run(TimeSpan.FromHours(2));
        Assert.False(node.Core.IsClient);
        Assert.Contains(_world.Nodes, n => n != node && n.Core.Overlays[0].Table.Contains(node.Contact));
    }

    [Theory]
    [InlineData(Reachability.MinSilent - 1, false)]
    [InlineData(Reachability.MinSilent, true)]
    public void Helpers_that_lie_are_believed_only_when_they_are_enough_of_different_networks(int liars, bool isFooled)
    {
        WorldNode node = _world.Add(o => o with { IsAuto = true });
        Stranger[] helpers = [.. Enumerable.Range(0, liars).Select(i => new Stranger(_world, $"99.{i}.0.1:7411") { Dials = true })];
        Stranger same = new(_world, "99.0.0.2:7411") { Dials = true };
        node.Bootstrap = [helpers[0].EndPoint];
        helpers[0].Names = [.. helpers.Skip(1).Append(same).Select(h => h.Contact)];
        node.Begin();
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(liars, helpers.Count(h => node.Core.Overlays[0].Table.Contains(h.Contact)));
        Assert.Equal(isFooled, node.Core.IsClient);
    }

    /// <summary>Many nodes whose tables hold few of them, and one more.</summary>
    private WorldNode Join(Action<WorldNode>? before = null)
    {
        _world.Grow(300, o => o with { BucketSize = 4 });
        WorldNode node = _world.Add(o => o with { BucketSize = 4, IsAuto = true }, true, _world.Nodes[0]);
        before?.Invoke(node);
        node.Begin();
        _world.Run(TimeSpan.FromSeconds(20));
        return node;
    }

    private static MessageKind Kind(byte[] datagram) =>
        new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out _) == DecodeOutcome.Ok ? envelope.Kind : MessageKind.None;
}
