using Kademlia.Tests.Identity;
using Kademlia.Tests.Records;

namespace Kademlia.Sqlite.Tests;

/// <summary>A store's file in a folder of its own, and records for it.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.File("records.db");

    public string[] Files => [.. _folder.Files.Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public RecordSamples Samples { get; } = RecordSamples.Simulated;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public SqliteRecordStore Open(long now = RecordSamples.Now, long? maxBytes = null) =>
        SqliteRecordStore.Open(Path, new SqliteRecordStoreOptions { TimeProvider = new FixedTime(now), MaxFileBytes = maxBytes });

    /// <summary>Stores records of so many bytes, one after the other.</summary>
    public static async Task<Record[]> FillAsync(SqliteRecordStore store, int count, int length = 700)
    {
        Record[] records = [.. Enumerable.Range(0, count).Select(i => RecordSamples.Content($"{i}".PadRight(length, '.')))];
        foreach (Record record in records)
        {
            Assert.True(await store.WriteAsync(record, null, Token));
        }

        return records;
    }

    public void Dispose()
    {
        Samples.Dispose();
        _folder.Dispose();
    }
}
