using System.Diagnostics;
using Kademlia.Records;
using Kademlia.Sqlite;

namespace Kademlia.Loopback;

/// <summary>Acknowledged stores a second, of 64 writers who each wait for one before the next: both stores, beside SQLite by hand.</summary>
internal static class StoreCommand
{
    private const int Writers = 64;
    private const int Rounds = 5;
    private const double Goal = 5_000;

    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(2);

    /// <summary>Measures, prints, and says whether the goal was reached.</summary>
    public static async Task<bool> RunAsync(TextWriter output)
    {
        string folder = Directory.CreateTempSubdirectory("kademlia-").FullName;
        try
        {
            using MemoryRecordStore memory = new();
            using SqliteRecordStore sqlite = SqliteRecordStore.Open(Path.Combine(folder, "records.db"));
            using PlainSqlite single = new(Path.Combine(folder, "single.db"));
            using PlainSqlite batched = new(Path.Combine(folder, "batched.db"));
            return await MeasureAsync(
                new GoalSheet(output),
                new StoreContender("SqliteRecordStore", Writers, 1, records => StoreAsync(sqlite, records)),
                new StoreContender("by hand, a transaction each", Writers, 1, single.StoreAsync),
                new StoreContender("by hand, batches of 64", 1, Writers, batched.StoreAsync),
                new StoreContender("MemoryRecordStore", Writers, 1, records => StoreAsync(memory, records)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(GoalSheet sheet, params StoreContender[] contenders)
    {
        for (int round = 0; round <= Rounds; round++)
        {
            foreach (StoreContender contender in contenders)
            {
                await contender.RunAsync(RoundTime, isCounted: round > 0); // Not the first: its code is compiled meanwhile.
            }
        }

        sheet.AtLeast($"{contenders[0].Name}: stores/s", contenders[0].PerSecond, Goal, "{0:N0}");
        Array.ForEach(contenders[1..], contender => sheet.Note($"{contender.Name}: stores/s", contender.PerSecond, "{0:N0}"));
        foreach (StoreContender contender in contenders)
        {
            sheet.Note($"{contender.Name}: p50", contender.Times.Percentile(0.50).TotalMilliseconds, "{0:0.000} ms");
            sheet.Note($"{contender.Name}: p99", contender.Times.Percentile(0.99).TotalMilliseconds, "{0:0.000} ms");
        }

        return sheet.IsReached;
    }

    private static async Task StoreAsync(IRecordStore store, Record[] records)
    {
        if (!await store.WriteAsync(records[0], replaces: null, CancellationToken.None))
        {
            throw new UnreachableException("A new record found its slot taken.");
        }
    }
}
