using System.Diagnostics;

namespace Kademlia.Loopback;

/// <summary>What came of putting records and reading them, each by a node drawn at random.</summary>
/// <param name="Puts">How long each put took.</param>
/// <param name="Gets">How long each get took.</param>
/// <param name="Stored">How many records every node stored that should.</param>
/// <param name="Found">How many records were read as they were put.</param>
internal sealed record RecordRun(LatencyHistogram Puts, LatencyHistogram Gets, int Stored, int Found)
{
    private const int ValueLength = 100;

    /// <summary>Puts so many records, then reads them, one at a time.</summary>
    public static async Task<RecordRun> MeasureAsync(
        LocalNetwork network, int count, Func<KademliaNode, string, byte[], Task<PutReceipt>> put)
    {
        Random random = new(1);
        RecordRun run = new(new LatencyHistogram(), new LatencyHistogram(), 0, 0);
        List<PutReceipt> receipts = [];
        for (int i = 0; i < count; i++)
        {
            byte[] value = new byte[ValueLength];
            random.NextBytes(value);
            KademliaNode writer = network[random.Next(network.Count)];
            receipts.Add(await TimeAsync(() => put(writer, $"record {i}", value), run.Puts));
        }

        int found = 0;
        foreach (PutReceipt receipt in receipts)
        {
            KademliaNode reader = network[random.Next(network.Count)];
            GetResult result = await TimeAsync(() => reader.GetAsync(receipt.Key), run.Gets);
            found += result.Value.Span.SequenceEqual(receipt.Record.Value.Span) ? 1 : 0;
        }

        return run with { Stored = receipts.Count(receipt => receipt.Stored == receipt.Wanted), Found = found };
    }

    private static async Task<T> TimeAsync<T>(Func<Task<T>> operation, LatencyHistogram times)
    {
        long begin = Stopwatch.GetTimestamp();
        T result = await operation();
        times.Add(Stopwatch.GetElapsedTime(begin));
        return result;
    }
}
