using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Networks that nothing happens to. A test that fails names its seed.</summary>
public abstract class StillNetworkTests
{
    protected static void FindsExactlyAndKeepsItsWord(int seed, int nodes)
    {
        VirtualNetwork network = Join(seed, nodes);
        network.Run(async () =>
        {
            bool[] exact = await Task.WhenAll(network.Nodes.Select(n => IsExactAsync(network, n, NodeId.Random(network.Random))));
            Assert.All(exact, Assert.True);
            Put[] puts = await PutAsync(network, 10);
            Assert.All(puts, put => AssertHeldByTheClosest(network, put.Receipt));
            await ReadAsync(network, puts);
            await RewriteAsync(network, puts.Last());
        });
        network.Run(TimeSpan.FromMinutes(1));
        Conservation.Assert(network);
    }

    private static void AssertHeldByTheClosest(VirtualNetwork network, PutReceipt receipt)
    {
        IEnumerable<NodeId> holders = receipt.Verdicts.Where(v => v.Outcome == StoreOutcome.Stored).Select(v => v.Contact.Id);
        Assert.Equal(network.ClosestNodes(receipt.Key.Hash, K).Select(n => n.Id), holders);
    }

    /// <summary>Each record by its publisher and by others.</summary>
    private static async Task ReadAsync(VirtualNetwork network, Put[] puts)
    {
        foreach (Put put in puts)
        {
            IEnumerable<KademliaNode> readers = Enumerable.Range(0, 5).Select(_ => network.RandomNode()).Append(put.Publisher);
            GetResult[] results = await Task.WhenAll(readers.Select(r => r.GetAsync(put.Receipt.Key)));
            Assert.All(results, result => Assert.True(Has(result, put)));
        }
    }

    /// <summary>A publisher reads what it wrote at once, and so does a reader who has read every version before.</summary>
    private static async Task RewriteAsync(VirtualNetwork network, Put put)
    {
        KademliaNode reader = network.RandomNode();
        long seen = 0;
        for (int version = 1; version <= 5; version++)
        {
            PutReceipt written = await put.Publisher.PutAsync("versions", new[] { (byte)version });
            Assert.Equal((byte)version, (await put.Publisher.GetAsync(written.Key)).Value.Span[0]);
            Record read = (await reader.GetAsync(written.Key)).Record!;
            Assert.Equal(written.Record.Sequence, read.Sequence);
            Assert.True(read.Sequence > seen);
            seen = read.Sequence;
        }
    }
}
