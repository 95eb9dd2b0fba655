using Kademlia.Core;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Nothing is counted twice, and nothing is forgotten.</summary>
internal static class Conservation
{
    public static void Assert(VirtualNetwork network)
    {
        VirtualCounters all = network.Counters;
        Xunit.Assert.Equal(all.Sent + all.Duplicated, all.Delivered + all.Lost + all.Unreachable + all.UnderWay);
        Xunit.Assert.All(network.Nodes, node => Assert(node.Core));
    }

    private static void Assert(NodeCore core)
    {
        CoreCounters counters = core.Counters;
        Xunit.Assert.Equal(counters.Received, counters.Accepted + counters.Dropped);
        Xunit.Assert.Equal(
            counters.RequestsSent,
            counters.RequestsAnswered + counters.RequestsTimedOut + counters.RequestsCancelled + core.Requests.Count);
    }
}
