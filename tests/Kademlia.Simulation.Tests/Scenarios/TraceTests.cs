namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class TraceTests
{
    [Theory]
    [MemberData(nameof(SmallNetwork.Dozen), MemberType = typeof(SmallNetwork))]
    public void With_every_fault_switched_on_the_same_seed_gives_the_same_trace_three_times(int seed)
    {
        ulong first = TraceOf(seed);
        Assert.Equal(first, TraceOf(seed));
        Assert.Equal(first, TraceOf(seed));
        Assert.NotEqual(first, TraceOf(seed + 100));
    }

    private static ulong TraceOf(int seed)
    {
        VirtualNetwork network = new(seed);
        LinkRule[] faults =
        [
            new Loss(0.05),
            new Duplication(0.05),
            new Reordering(0.05, TimeSpan.FromMilliseconds(300)),
            new Corruption(0.02),
            new Truncation(600),
        ];
        Array.ForEach(faults, network.Links.Add);
        network.Run(async () =>
        {
            IReadOnlyList<KademliaNode> nodes = await network.StartNodesAsync(15);
            network.Admit(new ReplayActor(2, TimeSpan.FromMilliseconds(50)));
            Churn churn = Churn.Start(network, new WeibullSessions(TimeSpan.FromSeconds(20)), graceful: 0.5, stayers: [nodes[0]]);
            PutReceipt receipt = await nodes[0].PutAsync("greeting", "hello"u8.ToArray());
            await network.DelayAsync(TimeSpan.FromMinutes(2));
            await network.RandomNode().GetAsync(receipt.Key);
            churn.Stop();
            Assert.True(churn.Ended > 0);
        });
        Assert.All(faults, fault => Assert.True(fault.Fired > 0, fault.GetType().Name));
        Conservation.Assert(network);
        return network.Trace;
    }
}
