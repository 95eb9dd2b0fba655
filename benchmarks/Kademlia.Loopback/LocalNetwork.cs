using System.Net;

namespace Kademlia.Loopback;

/// <summary>Nodes in this process on loopback UDP, all of which joined through the first.</summary>
internal sealed class LocalNetwork : IAsyncDisposable
{
    /// <summary>The network's name: nodes that others run on this machine stay out.</summary>
    public const string Name = "kademlia-benchmark";

    /// <summary>Enough to keep the processor busy; more would only wait for it.</summary>
    private const int StartsAtOnce = 8;

    private readonly KademliaNode[] _nodes;

    private LocalNetwork(int count) => _nodes = new KademliaNode[count];

    /// <summary>How many nodes there are.</summary>
    public int Count => _nodes.Length;

    /// <summary>One of the nodes; the first is the one through which the others joined.</summary>
    public KademliaNode this[int index] => _nodes[index];

    /// <summary>Starts so many nodes.</summary>
    public static async Task<LocalNetwork> StartAsync(int count)
    {
        LocalNetwork network = new(count);
        KademliaNode first = await StartNodeAsync([IPAddress.Loopback]);
        network._nodes[0] = first;
        string endPoint = first.LocalEndPoints[0].ToString();
        await Parallel.ForAsync(1, count, new ParallelOptions { MaxDegreeOfParallelism = StartsAtOnce }, async (index, _) =>
            network._nodes[index] = await StartNodeAsync([IPAddress.Loopback], endPoint));
        return network;
    }

    /// <summary>Starts one node.</summary>
    public static Task<KademliaNode> StartNodeAsync(IList<IPAddress> listenAddresses, params IList<string> bootstrap) =>
        KademliaNode.StartAsync(new KademliaOptions { ListenAddresses = listenAddresses, Bootstrap = bootstrap, NetworkName = Name });

    public async ValueTask DisposeAsync() => await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
}
