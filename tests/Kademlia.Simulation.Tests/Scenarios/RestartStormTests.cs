namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class RestartStormTests
{
    private const int Nodes = 24;

    [Theory]
    [MemberData(nameof(SmallNetwork.Dozen), MemberType = typeof(SmallNetwork))]
    public void After_all_nodes_restarted_at_once_traffic_calms_down(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, count: Nodes);
        foreach (VirtualMachine machine in network.Nodes.Select(network.MachineOf).ToArray())
        {
            network.World.At(network.Now + (TimeSpan.FromSeconds(1) * network.Random.NextDouble()), () => machine.RestartAsync());
        }

        long[] packets = [.. Enumerable.Range(0, 10).Select(_ => PacketsInAMinute(network))];
        Assert.Equal(Nodes, network.Nodes.Count);
        Assert.All(network.Nodes, n => Assert.True(n.Joined.IsCompletedSuccessfully));
        Assert.True(packets[0] > 500, "The nodes did not restart.");
        Assert.True(packets[^1] < packets[0] / 4, $"Packets a minute: {string.Join(", ", packets)}");
        Assert.True(packets[5..].Sum() <= packets[1..6].Sum() * 1.1, $"Packets a minute: {string.Join(", ", packets)}");
    }

    private static long PacketsInAMinute(VirtualNetwork network)
    {
        long before = network.Counters.Sent;
        network.Run(TimeSpan.FromMinutes(1));
        return network.Counters.Sent - before;
    }
}
