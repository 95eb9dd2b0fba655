namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class EndingTests
{
    private const int Nodes = 20;
    private const int Survivors = 5;

    [Theory]
    [MemberData(nameof(SmallNetwork.Dozen), MemberType = typeof(SmallNetwork))]
    public void A_node_that_ends_at_any_moment_ends_its_operations_and_is_heard_of_no_more(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, Nodes);
        Silence silence = new();
        network.Links.Add(silence);
        List<Task> pending = [];
        int talks = 0;
        int late = 0;
        foreach (KademliaNode node in network.Nodes)
        {
            node.HandleTalk("echo", async (message, _) =>
            {
                talks++;
                late += network.IsRunning(node) ? 0 : 1;
                await network.DelayAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None);
                return message.Payload;
            });
        }

        network.Run(async () =>
        {
            foreach (KademliaNode node in network.Nodes.Take(Nodes - Survivors).ToArray())
            {
                pending.AddRange(Begin(network, node));
                await network.DelayAsync(TimeSpan.FromMilliseconds(network.Random.Next(2_000)));
                pending.Add(End(network, node, silence));
            }

            await network.DelayAsync(TimeSpan.FromSeconds(15));
        });
        Assert.All(pending, task => Assert.True(task.IsCompleted));
        Assert.All(pending, task => Assert.True(task.Exception?.InnerException is null or ObjectDisposedException or KademliaException));
        Assert.Contains(pending, task => task.Exception?.InnerException is ObjectDisposedException);
        Assert.Equal(Survivors, network.Nodes.Count);
        Assert.True(talks > 0);
        Assert.Equal(0, late);
        Assert.Equal(0, silence.Fired);
        Conservation.Assert(network);
    }

    /// <summary>One of every kind of operation.</summary>
    private static Task[] Begin(VirtualNetwork network, KademliaNode node) =>
    [
        node.PutAsync("name", new byte[100]),
        node.PutContentAsync(NewValue(network)),
        node.GetAsync(RecordKey.ForName("nothing")),
        node.FindClosestAsync(NodeId.Random(network.Random)),
        node.PingAsync(network.RandomNode().LocalEndPoints[0]),
        node.TalkAsync(network.RandomNode().LocalEndPoints[0], "echo", new byte[10]),
    ];

    /// <summary>Half of the nodes are killed, the others stop by themselves.</summary>
    private static Task End(VirtualNetwork network, KademliaNode node, Silence silence)
    {
        PeerEndPoint endPoint = node.LocalEndPoints[0];
        if (network.Random.Next(2) == 0)
        {
            network.Kill(node);
            silence.Ended.Add(endPoint);
            return Task.CompletedTask;
        }

        return StopAsync();

        async Task StopAsync()
        {
            await node.DisposeAsync();
            silence.Ended.Add(endPoint);
        }
    }

    private static byte[] NewValue(VirtualNetwork network)
    {
        byte[] bytes = new byte[16];
        network.Random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Fires when somebody sends who has ended.</summary>
    private sealed class Silence : LinkRule
    {
        public HashSet<PeerEndPoint> Ended { get; } = [];

        protected override bool Apply(Flight flight, Random random) => Ended.Contains(flight.Source);
    }
}
