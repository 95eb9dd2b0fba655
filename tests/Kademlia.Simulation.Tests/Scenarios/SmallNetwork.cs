namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>What the small editions of scenarios begin with.</summary>
internal static class SmallNetwork
{
    public const int Nodes = 200;
    public const int K = 20;

    /// <summary>A dozen seeds.</summary>
    public static TheoryData<int> Dozen => [.. Enumerable.Range(1, 12)];

    /// <summary>No pair of two hundred is a second apart: a walk does not wait for whoever takes longer.</summary>
    public static Latency NearLinks => new LognormalLatency(sigma: 0.3);

    /// <summary>Joins nodes in a new network on near links, and lets the last joinings end.</summary>
    public static VirtualNetwork Join(int seed, int count = Nodes, KademliaOptions? options = null)
    {
        VirtualNetwork network = new(seed) { Latency = NearLinks };
        network.Run(() => network.StartNodesAsync(count, options, TimeSpan.FromMilliseconds(50)));
        network.Run(TimeSpan.FromSeconds(30));
        return network;
    }

    /// <summary>Joins nodes in a new network, which others enter when there are the first of them: few, and every table has room.</summary>
    public static VirtualNetwork JoinAmong(int seed, int count, Action<VirtualNetwork> enter, int first = 5)
    {
        VirtualNetwork network = new(seed) { Latency = NearLinks };
        network.Run(() => network.StartNodesAsync(first, interval: TimeSpan.FromMilliseconds(50)));
        enter(network);
        network.Run(() => network.StartNodesAsync(count - first, interval: TimeSpan.FromMilliseconds(50)));
        network.Run(TimeSpan.FromSeconds(30));
        return network;
    }

    /// <summary>Whether a walk finds the true closest, its asker left out.</summary>
    public static async Task<bool> IsExactAsync(VirtualNetwork network, KademliaNode asker, NodeId target)
    {
        IReadOnlyList<Contact> found = await asker.FindClosestAsync(target);
        return found.Select(c => c.Id).SequenceEqual(
            network.ClosestNodes(target, K + 1).Where(n => n != asker).Take(K).Select(n => n.Id));
    }

    /// <summary>Puts content and owner records, half of each, by nodes drawn at random.</summary>
    public static Task<Put[]> PutAsync(VirtualNetwork network, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
    {
        KademliaNode publisher = network.RandomNode();
        byte[] value = new byte[100];
        network.Random.NextBytes(value);
        return new Put(publisher, i % 2 == 0 ? await publisher.PutContentAsync(value) : await publisher.PutAsync($"record {i}", value));
    }));

    public static bool Has(GetResult result, Put put) => result.Value.Span.SequenceEqual(put.Receipt.Record.Value.Span);

    /// <summary>A record, and who put it.</summary>
    internal sealed record Put(KademliaNode Publisher, PutReceipt Receipt);
}
