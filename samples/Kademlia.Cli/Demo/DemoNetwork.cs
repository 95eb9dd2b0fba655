using System.Net;
using Kademlia.Transport;

namespace Kademlia.Cli.Demo;

/// <summary>Nodes in this process on loopback UDP, whose sockets the demo holds, so that it can take them away.</summary>
internal sealed class DemoNetwork(int size, string networkName, ReadOnlyMemory<byte> networkKey) : IAsyncDisposable
{
    private readonly UdpTransport?[] _transports = new UdpTransport?[size];
    private readonly KademliaNode?[] _nodes = new KademliaNode?[size];

    public KademliaNode this[int index] => _nodes[index] ?? throw new InvalidOperationException("The network was not started.");

    /// <summary>Starts one node alone, then the others, who join through it.</summary>
    public async Task StartAsync(Action started, CancellationToken cancellationToken)
    {
        await StartAsync(0, [], cancellationToken);
        started();
        string first = $"{IPAddress.Loopback}:{this[0].Port}";
        await BoundedParallel.ForAsync(1, size, async (index, cancellation) =>
        {
            await StartAsync(index, [first], cancellation);
            started();
        }, cancellationToken);
    }

    /// <summary>Closes a node's socket under it: it falls silent at once and tells nobody.</summary>
    public void StopAbruptly(int index) => _transports[index]?.Dispose();

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_nodes.OfType<KademliaNode>().Select(node => node.DisposeAsync().AsTask()));

    private async Task StartAsync(int index, string[] bootstrap, CancellationToken cancellationToken)
    {
        UdpTransport transport = UdpTransport.Bind([IPAddress.Loopback], port: 0);
        _transports[index] = transport;
        _nodes[index] = await KademliaNode.StartAsync(
            new KademliaOptions
            {
                Transport = transport,
                Bootstrap = bootstrap,
                NetworkName = networkName,
                NetworkKey = networkKey,
            },
            cancellationToken);
    }
}
