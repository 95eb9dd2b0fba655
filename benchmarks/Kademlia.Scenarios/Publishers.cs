using Kademlia.Simulation;

namespace Kademlia.Scenarios;

/// <summary>Has every node publish, also those that come later, and remembers what was promised by nodes that live.</summary>
internal sealed class Publishers(VirtualNetwork network, int recordsPerNode)
{
    private readonly Dictionary<KademliaNode, List<PutReceipt>> _promises = [];

    /// <summary>How many gets were given up because their reader died.</summary>
    public int Abandoned { get; private set; }

    /// <summary>What living nodes put, and somebody stored.</summary>
    public IReadOnlyList<PutReceipt> Promises => [.. network.Nodes.SelectMany(PromisesOf)];

    /// <summary>Publishes for each node that knows the network and has not published yet.</summary>
    /// <returns>When all have.</returns>
    public Task PublishAsync()
    {
        foreach (KademliaNode gone in _promises.Keys.Where(n => !network.IsRunning(n)).ToArray())
        {
            _promises.Remove(gone);
        }

        KademliaNode[] newcomers = [.. network.Nodes.Where(n => n.Joined.IsCompletedSuccessfully && _promises.TryAdd(n, []))];
        return Task.WhenAll(newcomers.Select(PublishAsync));
    }

    /// <summary>The same, without waiting.</summary>
    public void Publish() => _ = PublishAsync();

    /// <summary>A random node reads a random promise of a living publisher.</summary>
    /// <returns>What it found; null when the reader or the publisher died meanwhile.</returns>
    public async Task<GetResult?> GetAsync()
    {
        KademliaNode publisher = network.RandomNode();
        List<PutReceipt> promises = PromisesOf(publisher);
        if (promises.Count == 0)
        {
            return null;
        }

        try
        {
            GetResult result = await network.RandomNode().GetAsync(promises[network.Random.Next(promises.Count)].Key);
            return network.IsRunning(publisher) ? result : null;
        }
        catch (ObjectDisposedException)
        {
            Abandoned++;
            return null;
        }
    }

    private List<PutReceipt> PromisesOf(KademliaNode node) => _promises.GetValueOrDefault(node) ?? [];

    private async Task PublishAsync(KademliaNode node)
    {
        try
        {
            for (int i = 0; i < recordsPerNode; i++)
            {
                PutReceipt receipt = await node.PutAsync($"record {i}", Traffic.NewValue(network));
                if (receipt.Stored > 0 && _promises.TryGetValue(node, out List<PutReceipt>? promises))
                {
                    promises.Add(receipt);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Its session ended before it had published everything.
        }
    }
}
