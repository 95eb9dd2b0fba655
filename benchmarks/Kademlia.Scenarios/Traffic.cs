using Kademlia.Simulation;

namespace Kademlia.Scenarios;

/// <summary>Puts and gets of random records by random nodes.</summary>
internal static class Traffic
{
    /// <summary>Operations begin so far apart: they meet on their way, but no node has many at once.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static byte[] NewValue(VirtualNetwork network)
    {
        byte[] value = new byte[Trial.ValueLength];
        network.Random.NextBytes(value);
        return value;
    }

    /// <summary>Puts content, each by a node drawn at random.</summary>
    public static Task<PutReceipt[]> PutContentAsync(Trial trial, VirtualNetwork network, int count)
    {
        trial.Progress.Begin("putting content", count);
        return trial.RepeatAsync(network, count, Interval, _ => network.RandomNode().PutContentAsync(NewValue(network)));
    }

    /// <summary>Puts owner records, each by a node drawn at random.</summary>
    public static Task<PutReceipt[]> PutOwnedAsync(Trial trial, VirtualNetwork network, int count)
    {
        trial.Progress.Begin("putting owner records", count);
        return trial.RepeatAsync(network, count, Interval, i => network.RandomNode().PutAsync($"record {i}", NewValue(network)));
    }

    /// <summary>Gets records in turn, each by a node drawn at random that does not hold it.</summary>
    public static Task<GetResult[]> GetAsync(
        Trial trial, VirtualNetwork network, IReadOnlyList<PutReceipt> receipts, int count, TimeSpan? interval = null)
    {
        trial.Progress.Begin("getting", count);
        return trial.RepeatAsync(network, count, interval ?? Interval, i =>
        {
            PutReceipt receipt = receipts[i % receipts.Count];
            return ReaderOf(network, receipt).GetAsync(receipt.Key);
        });
    }

    /// <summary>A node drawn at random that does not hold a record, unless all do.</summary>
    public static KademliaNode ReaderOf(VirtualNetwork network, PutReceipt receipt)
    {
        HashSet<NodeId> holders = [.. receipt.Verdicts.Select(v => v.Contact.Id)];
        KademliaNode reader = network.RandomNode();
        for (int i = 0; i < holders.Count && holders.Contains(reader.Id); i++)
        {
            reader = network.RandomNode();
        }

        return reader;
    }

    /// <summary>The part of gets that found what was put.</summary>
    public static double PartFound(IReadOnlyCollection<GetResult> results) => (double)results.Count(r => r.Found) / results.Count;

    public static Figures Milliseconds(IEnumerable<GetResult> results) =>
        new(results.Select(r => r.Statistics.Elapsed.TotalMilliseconds));

    public static Figures Milliseconds(IEnumerable<PutReceipt> receipts) =>
        new(receipts.Select(r => r.Statistics.Elapsed.TotalMilliseconds));
}
