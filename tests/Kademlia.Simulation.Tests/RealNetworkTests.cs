using System.Net;
using Kademlia.Simulation.Oracles;

namespace Kademlia.Simulation.Tests;

/// <summary>The simulation tells what is true of sockets.</summary>
public sealed class RealNetworkTests
{
    private const int Nodes = 100;
    private const int Walks = 200;
    private const int K = 20;

    /// <summary>The test takes no longer, in milliseconds.</summary>
    private const int Patience = 120_000;

    [Fact(Timeout = Patience)]
    public async Task A_hundred_nodes_on_sockets_find_as_exactly_as_a_hundred_simulated_ones()
    {
        VirtualNetwork network = new(seed: 1) { Latency = new FixedLatency(TimeSpan.FromMilliseconds(1)) };
        double simulated = network.Run(() => JoinAndWalkAsync(
            (i, options) => network.AddMachine(PeerEndPoint.Parse($"127.0.0.1:{10_000 + i}")).StartAsync(options)));

        List<KademliaNode> nodes = [];
        double real;
        try
        {
            real = await JoinAndWalkAsync(async (_, options) =>
            {
                nodes.Add(await KademliaNode.StartAsync(options, TestContext.Current.CancellationToken));
                return nodes[^1];
            });
        }
        finally
        {
            await Task.WhenAll(nodes.Select(async node => await node.DisposeAsync()));
        }

        Assert.Equal((1, 1), (simulated, real));
    }

    /// <summary>Starts nodes one after the other, has each look for itself, and walks.</summary>
    /// <returns>How much of the true closest the walks found.</returns>
    private static async Task<double> JoinAndWalkAsync(Func<int, KademliaOptions, Task<KademliaNode>> start)
    {
        Random random = new(1);
        List<KademliaNode> nodes = [];
        for (int i = 0; i < Nodes; i++)
        {
            nodes.Add(await start(i, Through(nodes.Count > 0 ? nodes[random.Next(nodes.Count)] : null)));
        }

        foreach (KademliaNode node in nodes)
        {
            await node.FindClosestAsync(node.Id, TestContext.Current.CancellationToken);
        }

        ClosestOracle oracle = new(nodes.Select(n => (n, n.LocalEndPoints[0])));
        double found = 0;
        for (int i = 0; i < Walks; i++)
        {
            found += await RecallAsync(oracle, nodes[random.Next(Nodes)], NodeId.Random(random));
        }

        return found / Walks;
    }

    private static async Task<double> RecallAsync(ClosestOracle oracle, KademliaNode asker, NodeId target)
    {
        IReadOnlyList<Contact> found = await asker.FindClosestAsync(target, TestContext.Current.CancellationToken);
        NodeId[] closest = [.. oracle.Closest(target, K + 1).Where(n => n != asker).Take(K).Select(n => n.Id)];
        return closest.Intersect(found.Select(c => c.Id)).Count() / (double)K;
    }

    private static KademliaOptions Through(KademliaNode? node) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Bootstrap = node is null ? [] : [node.LocalEndPoints[0].ToString()],
    };
}
