using Kademlia.Core;
using Kademlia.Messages;

namespace Kademlia.Tests.Core;

/// <summary>What a node makes of being dialled, or not.</summary>
public sealed class ReachabilityTests
{
    private static readonly PeerEndPoint Unknown = PeerEndPoint.Parse("98.0.0.1:7411");

    private readonly World _world = new(1);

    [Fact]
    public void A_node_that_one_stranger_reached_serves_whatever_others_say()
    {
        (WorldNode node, Stranger[] helpers) = Join(Reachability.MinSilent + 1);
        helpers[^1].DialsFrom = Unknown;
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.True(helpers.Sum(h => h.Heard.Count(e => e.Kind == MessageKind.Probe)) > 0);
        Assert.False(node.Core.IsClient);
    }

    [Fact]
    public void A_node_that_no_stranger_reached_is_a_client_until_one_does()
    {
        (WorldNode node, Stranger[] helpers) = Join(Reachability.MinSilent);
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.True(node.Core.IsClient);
        Array.ForEach(helpers, h => h.DialsFrom = Unknown);
        _world.Run(TimeSpan.FromHours(2));
        Assert.False(node.Core.IsClient);
    }

    [Fact]
    public void A_dial_from_where_the_node_has_sent_to_shows_nothing()
    {
        (WorldNode node, Stranger[] helpers) = Join(Reachability.MinSilent);
        Array.ForEach(helpers, h => h.DialsFrom = helpers[0].EndPoint);
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.True(helpers.Sum(h => h.Heard.Count(e => e.Kind == MessageKind.Probe)) >= Reachability.MinSilent);
        Assert.False(node.Core.IsClient);
        Array.ForEach(helpers, h => h.DialsFrom = null);
        _world.Run(TimeSpan.FromMinutes(30));
        Assert.True(node.Core.IsClient);
    }

    [Fact]
    public void Helpers_that_say_so_are_believed_only_when_they_are_enough_of_different_networks()
    {
        (WorldNode node, _) = Join(Reachability.MinSilent - 1);
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.False(node.Core.IsClient);
    }

    /// <summary>A node that knows so many strangers of different networks, and one more of the first one's; all say that they had it dialled.</summary>
    private (WorldNode Node, Stranger[] Helpers) Join(int count)
    {
        WorldNode node = _world.Add(o => o with { IsAuto = true });
        Stranger[] helpers = [.. Enumerable.Range(0, count).Select(i => new Stranger(_world, $"99.{i}.0.1:7411") { Dials = true })];
        Stranger same = new(_world, "99.0.0.2:7411") { Dials = true };
        node.Bootstrap = [helpers[0].EndPoint];
        helpers[0].Names = [.. helpers.Skip(1).Append(same).Select(h => h.Contact)];
        node.Begin();
        _world.Run(TimeSpan.FromSeconds(20));
        Assert.All(helpers, h => Assert.True(node.Core.Overlays[0].Table.Contains(h.Contact)));
        return (node, helpers);
    }
}
