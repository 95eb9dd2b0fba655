using System.Diagnostics;
using Kademlia.Records;

namespace Kademlia.Loopback;

/// <summary>One way to store records, and what it was measured to do.</summary>
/// <param name="name">What the sheet calls it.</param>
/// <param name="writers">How many store at once.</param>
/// <param name="batch">How many records each stores with one call.</param>
/// <param name="store">Stores new records; ends when they are as durable as they will be.</param>
internal sealed class StoreContender(string name, int writers, int batch, Func<Record[], Task> store)
{
    private const int ValueLength = 200;

    /// <summary>A round ends with so many stores, however fast they are: all that is stored stays.</summary>
    private const int MostStores = 50_000;

    private readonly List<double> _rates = [];
    private long _count;

    public string Name => name;

    /// <summary>The median of the rounds.</summary>
    public double PerSecond => _rates.Order().ElementAt(_rates.Count / 2);

    /// <summary>How long each call took.</summary>
    public LatencyHistogram Times { get; } = new();

    /// <summary>Stores for so long.</summary>
    public async Task RunAsync(TimeSpan time, bool isCounted)
    {
        long begin = Stopwatch.GetTimestamp();
        Task<List<TimeSpan>>[] tasks = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(() => WriteAsync(begin, time)))];
        TimeSpan[] times = [.. (await Task.WhenAll(tasks)).SelectMany(t => t)];
        if (isCounted)
        {
            _rates.Add(times.Length * batch / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            Array.ForEach(times, Times.Add);
        }
    }

    private async Task<List<TimeSpan>> WriteAsync(long begin, TimeSpan time)
    {
        List<TimeSpan> times = [];
        while (times.Count < MostStores / batch / writers && Stopwatch.GetElapsedTime(begin) < time)
        {
            Record[] records = [.. Enumerable.Range(0, batch).Select(_ => NewRecord())];
            long start = Stopwatch.GetTimestamp();
            await store(records);
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        return times;
    }

    private Record NewRecord()
    {
        byte[] value = new byte[ValueLength];
        BitConverter.TryWriteBytes(value, Interlocked.Increment(ref _count));
        return RecordDraft.Content(value, DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds());
    }
}
