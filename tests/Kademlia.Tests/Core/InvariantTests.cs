using Kademlia.Core;

namespace Kademlia.Tests.Core;

/// <summary>The checks of what must hold can fail, in Debug and in Release.</summary>
public sealed class InvariantTests
{
    private readonly World _world = new(1);

    [Fact]
    public void AssertInvariants_ANodeAtWork_Holds()
    {
        _world.Grow(8);
        Assert.All(_world.Nodes, node => node.Core.AssertInvariants());
    }

    [Theory]
    [InlineData("received")]
    [InlineData("accepted")]
    [InlineData("sent")]
    [InlineData("answered")]
    public void AssertInvariants_Miscounted_Throws(string what)
    {
        NodeCore core = _world.Add().Core;
        core.AssertInvariants();
        core.Counters.Received += what == "received" ? 1 : 0;
        core.Counters.Accepted += what == "accepted" ? 1 : 0;
        core.Counters.RequestsSent += what == "sent" ? 1 : 0;
        core.Counters.RequestsAnswered += what == "answered" ? 1 : 0;
        Assert.Throws<InvalidOperationException>(core.AssertInvariants);
    }

    [Fact]
    public void AssertInvariants_WorkLeftOver_Throws()
    {
        NodeCore core = _world.Add().Core;
        core.Ready.Enqueue(() => { });
        Assert.Throws<InvalidOperationException>(core.AssertInvariants);
    }

    [Fact]
    public void AssertInvariants_ATimerOutOfOrder_Throws()
    {
        NodeCore core = _world.Add().Core;
        using CoreDeadline first = new(core, TimeSpan.FromSeconds(1), () => { });
        using CoreDeadline second = new(core, TimeSpan.FromSeconds(2), () => { });
        core.AssertInvariants();
        first.Due = TimeSpan.FromSeconds(3);
        Assert.Throws<InvalidOperationException>(core.AssertInvariants);
        first.Due = TimeSpan.FromSeconds(1);
    }

    [Fact]
    public void AssertInvariants_ARequestThatWillNotEnd_Throws()
    {
        WorldNode node = _world.Add();
        node.Call((core, scope) => core.Finding.PingAsync(PeerEndPoint.Parse("60.0.0.1:7411"), scope));
        node.Core.AssertInvariants();
        Assert.True(node.Core.Timers.TryTakeDue(TimeSpan.MaxValue, out _));
        Assert.Throws<InvalidOperationException>(node.Core.AssertInvariants);
    }
}
