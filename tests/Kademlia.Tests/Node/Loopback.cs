using System.Net;
using System.Net.Sockets;

namespace Kademlia.Tests.Node;

/// <summary>A network of real nodes in this process, over UDP on a loopback address; all are stopped at the end.</summary>
internal sealed class Loopback : IAsyncDisposable
{
    /// <summary>No test waits longer, in milliseconds: what has not happened by then does not happen.</summary>
    public const int Patience = 60_000;

    /// <summary>Starting or asking many at once makes a machine busy, not quick.</summary>
    private const int AtOnce = 8;

    /// <summary>Systems give ports from 32,768 (Linux) or 49,152 (others) on to those who ask for any.</summary>
    private const int LeastFixedPort = 10_000;
    private const int MostFixedPort = 32_000;

    private readonly IPAddress _address;
    private readonly List<KademliaNode> _nodes = [];
    private readonly Lock _gate = new();

    private Loopback(IPAddress address) => _address = address;

    public IReadOnlyList<KademliaNode> Nodes => _nodes;

    public KademliaNode this[int index] => _nodes[index];

    /// <summary>Cancelled when the test has taken too long.</summary>
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a first node and then others that join through it; in a network no larger than k, until all know all.</summary>
    public static async Task<Loopback> StartAsync(int count, IPAddress? address = null)
    {
        Loopback network = new(address ?? IPAddress.Loopback);
        await network.AddAsync();
        await ForAllAsync(Enumerable.Range(1, count - 1), async _ => await (await network.AddAsync()).Joined.WaitAsync(Token));
        if (count <= new KademliaOptions().BucketSize)
        {
            await network.SettleAsync();
        }

        return network;
    }

    /// <summary>A free port that no system gives to those who ask for any: it is still free when a test comes back to it.</summary>
    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        while (true)
        {
            try
            {
                int port = Random.Shared.Next(LeastFixedPort, MostFixedPort);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: another, then.
            }
        }
    }

    /// <summary>Options of a node on loopback and any port, which joins through a node.</summary>
    public static KademliaOptions Joining(KademliaNode? bootstrap = null) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Bootstrap = BootstrapOf(bootstrap),
    };

    public static IList<string> BootstrapOf(params KademliaNode?[] nodes) =>
        [.. nodes.OfType<KademliaNode>().Select(node => node.LocalEndPoints[0].ToString())];

    public static Contact ContactOf(KademliaNode node) => new(node.Id, node.LocalEndPoints[0]);

    /// <summary>Does something for each, a few at once.</summary>
    public static Task ForAllAsync<T>(IEnumerable<T> items, Func<T, Task> action) => Parallel.ForEachAsync(
        items,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token },
        async (item, _) => await action(item));

    /// <summary>Starts a node of this network.</summary>
    public Task<KademliaNode> AddAsync() => AddAsync(new KademliaOptions
    {
        ListenAddresses = [_address],
        Bootstrap = BootstrapOf(_nodes.FirstOrDefault()),
    });

    /// <summary>Starts a node as told, and stops it with the network.</summary>
    public async Task<KademliaNode> AddAsync(KademliaOptions options)
    {
        KademliaNode node = await KademliaNode.StartAsync(options, Token);
        lock (_gate)
        {
            _nodes.Add(node);
        }

        return node;
    }

    /// <summary>
    /// Has the nodes look each other up until all know all: a node has started when it has proven its id to its neighbours, and they
    /// still verify the proof then.
    /// </summary>
    public Task SettleAsync() => ForAllAsync(_nodes, async node =>
    {
        while (node.Info.Contacts < _nodes.Count - 1)
        {
            await node.FindClosestAsync(node.Id, Token);
        }
    });

    /// <summary>Stops a node now.</summary>
    public async Task RemoveAsync(KademliaNode node)
    {
        lock (_gate)
        {
            _nodes.Remove(node);
        }

        await node.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_nodes.Select(async node => await node.DisposeAsync()));
}
