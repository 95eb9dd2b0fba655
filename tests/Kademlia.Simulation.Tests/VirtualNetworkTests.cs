namespace Kademlia.Simulation.Tests;

public sealed class VirtualNetworkTests
{
    [Fact]
    public void A_record_survives_that_four_of_ten_nodes_die_at_once()
    {
        VirtualNetwork network = new(seed: 1);
        network.Run(async () =>
        {
            IReadOnlyList<KademliaNode> nodes = await network.StartNodesAsync(200);
            PutReceipt receipt = await nodes[3].PutAsync("greeting", "hello"u8.ToArray());
            network.KillAtRandom(0.4);
            await network.DelayAsync(TimeSpan.FromMinutes(10));
            GetResult result = await network.RandomNode().GetAsync(receipt.Key);
            Assert.True(result.Found);
        });
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        ulong[] traces = [.. Enumerable.Range(0, 3).Select(_ => TraceOf(seed: 7))];
        Assert.Equal(traces[0], traces[1]);
        Assert.Equal(traces[0], traces[2]);
        Assert.NotEqual(traces[0], TraceOf(seed: 8));

        static ulong TraceOf(int seed)
        {
            VirtualNetwork network = new(seed);
            network.Run(async () =>
            {
                IReadOnlyList<KademliaNode> nodes = await network.StartNodesAsync(40);
                PutReceipt receipt = await nodes[3].PutAsync("greeting", "hello"u8.ToArray());
                network.KillAtRandom(0.2);
                await network.DelayAsync(TimeSpan.FromMinutes(10));
                await network.RandomNode().GetAsync(receipt.Key);
            });
            return network.Trace;
        }
    }
}
