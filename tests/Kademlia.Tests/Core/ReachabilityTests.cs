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
        (WorldNode node, Stranger[] helpers) = Join(Reachability.MinSilent);
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
        _world.Run(TimeSpan.FromMinutes(10));
        Assert.True(helpers.Sum(h => h.Heard.Count(e => e.Kind == MessageKind.Probe)) >= Reachability.MinSilent);
        Assert.False(node.Core.IsClient);
        Array.ForEach(helpers, h => h.DialsFrom = null);
        _world.Run(TimeSpan.FromMinutes(30));
        Assert.True(node.Core.IsClient);
    }

    [Fact]
    public void Dials_that_come_from_others_show_that_the_rest_may_be_lost()
    {
        (WorldNode node, Stranger[] helpers) = Join(Reachability.MinSilent + 3);
        Array.ForEach(helpers[1..5], h => h.DialsFrom = helpers[0].EndPoint);
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.False(node.Core.IsClient);
    }

    [Fact]
    public void One_whom_the_node_itself_dialled_is_no_stranger()
    {
        (WorldNode node, Stranger[] helpers) = Join(Reachability.MinSilent);
        Stranger accomplice = new(_world, Unknown.ToString());
        Array.ForEach(helpers, h => h.DialsFrom = Unknown);
        helpers[0].HaveDialled(node.EndPoint, accomplice.EndPoint);
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.Contains(accomplice.Heard, h => h.Kind == (MessageKind.Probe | MessageKind.Reply));
        Array.ForEach(helpers, h => h.DialsFrom = null);
        _world.Run(TimeSpan.FromMinutes(30));
        Assert.True(node.Core.IsClient, "It was told that a stranger reached it.");
    }

    [Fact]
    public void A_verdict_that_nothing_confirms_ends()
    {
        (WorldNode node, Stranger[] helpers) = Join(Reachability.MinSilent);
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.True(node.Core.IsClient);
        Array.ForEach(helpers, h => h.Dials = false);
        _world.Run(TimeSpan.FromHours(5));
        Assert.True(node.Core.IsClient);
        _world.Run(TimeSpan.FromHours(3));
        Assert.False(node.Core.IsClient);
    }

    [Fact]
    public void Helpers_that_say_so_are_believed_only_when_they_are_enough_of_different_networks()
    {
        (WorldNode node, _) = Join(Reachability.MinSilent - 1);
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.False(node.Core.IsClient);
    }

    [Fact]
    public void A_node_that_is_reached_in_one_family_serves_in_that_one_only()
    {
        WorldNode node = _world.AddDual(o => o with { IsAuto = true });
        Stranger[] unreached = Helpers(i => $"99.{i}.0.1:7411");
        Stranger[] reached = Helpers(i => $"[2a{i:00}::1]:7411");
        Array.ForEach(reached, h => h.DialsFrom = PeerEndPoint.Parse("[2b00::1]:7411"));
        node.Bootstrap = [unreached[0].EndPoint, reached[0].EndPoint];
        node.Begin();
        _world.Run(TimeSpan.FromMinutes(5));
        Assert.Equal([false, true], node.Core.Overlays.Select(o => o.Serves));
        Assert.False(node.Core.IsClient);
        Array.ForEach([unreached[0], reached[0]], h => h.Heard.Clear());
        _world.Run(TimeSpan.FromMinutes(15));
        Assert.NotEmpty(unreached[0].Heard);
        Assert.NotEmpty(reached[0].Heard);
        Assert.All(unreached[0].Heard, h => Assert.Equal(SenderFlags.Client, h.Flags));
        Assert.All(reached[0].Heard, h => Assert.Equal(SenderFlags.None, h.Flags));
        Assert.Throws<InvalidOperationException>(() => unreached[0].Ping(node.EndPoints[0]));
        Assert.False(reached[0].Ping(node.EndPoints[1]).IsNone);
    }

    /// <summary>A node that knows so many strangers of different networks, and one more of the first one's; all say that they had it dialled.</summary>
    private (WorldNode Node, Stranger[] Helpers) Join(int count)
    {
        WorldNode node = _world.Add(o => o with { IsAuto = true });
        Stranger[] helpers = Helpers(i => $"99.{i}.0.1:7411", count);
        Stranger same = new(_world, "99.0.0.2:7411") { Dials = true };
        node.Bootstrap = [helpers[0].EndPoint];
        helpers[0].Names = [.. helpers[0].Names, same.Contact];
        node.Begin();
        _world.Run(TimeSpan.FromSeconds(20));
        Assert.All(helpers, h => Assert.True(node.Core.Overlays[0].Table.Contains(h.Contact)));
        return (node, helpers);
    }

    /// <summary>Strangers of whom the first names all others, and who say that they had everybody dialled.</summary>
    private Stranger[] Helpers(Func<int, string> place, int count = Reachability.MinSilent)
    {
        Stranger[] helpers = [.. Enumerable.Range(0, count).Select(i => new Stranger(_world, place(i)) { Dials = true })];
        helpers[0].Names = [.. helpers.Skip(1).Select(h => h.Contact)];
        return helpers;
    }
}
