using Kademlia.Records;
using Kademlia.Tests.Node;
using Kademlia.Tests.Records;

namespace Kademlia.Sqlite.Tests;

/// <summary>What outlives a store, and what a writer is told.</summary>
public sealed class SqliteRecordStoreTests : IDisposable
{
    private const int SmallDisk = 64 * 1024;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_RecordsOfBefore_AreThereInTheSameOrder()
    {
        Record[] records = [_folder.Samples.Owner(), _folder.Samples.Open(), _folder.Samples.Tombstone(salt: "other"), RecordSamples.Content("")];
        RecordKey[] order;
        using (SqliteRecordStore store = _folder.Open())
        {
            await Task.WhenAll(records.Select(record => store.WriteAsync(record, null, StoreFolder.Token).AsTask()));
            order = [.. store.Load().Select(record => record.Key)];
        }

        using SqliteRecordStore again = _folder.Open();
        Assert.Equal(records.Length, again.Count);
        Assert.Equal(order, again.Load().Select(record => record.Key));
        Assert.All(records, record => AssertIdentical(record, again.Read(record.Key, record.Writer)));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_ReplacedAndRemovedRecords_AreGone()
    {
        Record newer = _folder.Samples.Owner(sequence: 6);
        using (SqliteRecordStore store = _folder.Open())
        {
            await store.WriteAsync(_folder.Samples.Owner(sequence: 5), null, StoreFolder.Token);
            await store.WriteAsync(newer, _folder.Samples.Owner(sequence: 5), StoreFolder.Token);
            await store.WriteAsync(_folder.Samples.Open(), null, StoreFolder.Token);
            await store.RemoveAsync(_folder.Samples.Open(), StoreFolder.Token);
        }

        using SqliteRecordStore again = _folder.Open();
        AssertIdentical(newer, Assert.Single(again.Load()));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_ExpiredRecords_AreDroppedForGood()
    {
        Record[] records = [RecordSamples.Content("early", RecordSamples.Expiry), RecordSamples.Content("late", RecordSamples.Expiry + 1)];
        using (SqliteRecordStore store = _folder.Open())
        {
            await store.WriteAsync(records[0], null, StoreFolder.Token);
            await store.WriteAsync(records[1], null, StoreFolder.Token);
        }

        using (SqliteRecordStore later = _folder.Open(now: RecordExpiry.EndOf(RecordSamples.Expiry)))
        {
            AssertIdentical(records[1], Assert.Single(later.Load()));
        }

        using SqliteRecordStore again = _folder.Open();
        Assert.Single(again.Load());
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task WriteAsync_ManyOfOneSlotAtOnce_TakeEffectInTheirOrder()
    {
        using SqliteRecordStore store = _folder.Open();
        Record[] versions = [.. Enumerable.Range(1, 500).Select(i => _folder.Samples.Owner(sequence: i))];
        Task<bool>[] writes = [.. versions.Select((record, i) =>
            store.WriteAsync(record, i == 0 ? null : versions[i - 1], StoreFolder.Token).AsTask())];
        Assert.All(await Task.WhenAll(writes), Assert.True);
        AssertIdentical(versions[^1], store.Read(versions[0].Key, versions[0].Writer));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task WriteAsync_OfSeveralForOneSlotAtOnce_OneSucceeds()
    {
        using SqliteRecordStore store = _folder.Open();
        bool[] written = await Task.WhenAll(Enumerable.Range(1, 100).Select(i => Task.Run(
            () => store.WriteAsync(_folder.Samples.Owner(sequence: i), null, StoreFolder.Token).AsTask(), StoreFolder.Token)));
        Assert.Single(written, true);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Dispose_WritesThatWereAccepted_AreOnTheDisk()
    {
        SqliteRecordStore store = _folder.Open();
        Task<bool>[] writes = [.. Enumerable.Range(0, 1000).Select(i =>
            store.WriteAsync(RecordSamples.Content($"{i}"), null, StoreFolder.Token).AsTask())];
        store.Dispose();
        Assert.All(await Task.WhenAll(writes), Assert.True);
        using SqliteRecordStore again = _folder.Open();
        Assert.Equal(writes.Length, again.Count);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Dispose_EndsWritingButNotReading()
    {
        SqliteRecordStore store = _folder.Open();
        Record[] records = await StoreFolder.FillAsync(store, 1);
        store.Dispose();
        store.Dispose();
        AssertIdentical(records[0], store.Read(records[0].Key, records[0].Writer));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.RemoveAsync(records[0], StoreFolder.Token));
        Assert.Equal(["records.db"], _folder.Files);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task WriteAsync_CancelledBefore_EndsSoForItsCallerAlone()
    {
        using SqliteRecordStore store = _folder.Open();
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.WriteAsync(_folder.Samples.Owner(), null, cancelled));
        Assert.True(await store.WriteAsync(_folder.Samples.Open(), null, StoreFolder.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task WriteAsync_FullDisk_ThrowsAndLosesNothingThatWasAcknowledged()
    {
        Stack<Record> acknowledged;
        using (SqliteRecordStore store = _folder.Open(maxBytes: SmallDisk))
        {
            acknowledged = await FillUpAsync(store);
            await store.RemoveAsync(acknowledged.Pop(), StoreFolder.Token);
            await store.RemoveAsync(acknowledged.Pop(), StoreFolder.Token);
            acknowledged.Push(_folder.Samples.Owner());
            Assert.True(await store.WriteAsync(_folder.Samples.Owner(), null, StoreFolder.Token));
        }

        using SqliteRecordStore again = _folder.Open(maxBytes: SmallDisk);
        Assert.Equal(acknowledged.Count, again.Count);
        Assert.All(acknowledged, record => AssertIdentical(record, again.Read(record.Key, record.Writer)));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task WriteAsync_BesideWritesThatFail_Succeeds()
    {
        using SqliteRecordStore store = _folder.Open(maxBytes: SmallDisk);
        Stack<Record> acknowledged = await FillUpAsync(store);
        Record kept = acknowledged.Peek();
        Task<bool>[] refused = [.. Enumerable.Range(0, 20).Select(i => store.WriteAsync(Large($"refused {i}"), null, StoreFolder.Token).AsTask())];
        Task<bool> removed = store.RemoveAsync(kept, StoreFolder.Token).AsTask();
        await Task.WhenAll(refused.Select(write => Assert.ThrowsAsync<KademliaException>(() => write)));
        Assert.True(await removed);
        Assert.Null(store.Read(kept.Key, kept.Writer));
    }

    /// <summary>Stores until the disk is full.</summary>
    private static async Task<Stack<Record>> FillUpAsync(SqliteRecordStore store)
    {
        Stack<Record> acknowledged = [];
        KademliaException full = await Assert.ThrowsAsync<KademliaException>(async () =>
        {
            for (int i = 0; i < SmallDisk; i++)
            {
                Record record = Large($"{i}");
                await store.WriteAsync(record, null, StoreFolder.Token);
                acknowledged.Push(record);
            }
        });
        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        Assert.NotEmpty(acknowledged);
        return acknowledged;
    }

    private static Record Large(string value) => RecordSamples.Content(value.PadRight(700, '.'));

    private static void AssertIdentical(Record expected, Record? actual)
    {
        Assert.NotNull(actual);
        Assert.True(expected.IsSameAs(actual), $"{actual} for {expected}");
        Assert.Equal(expected.Signature.ToArray(), actual.Signature.ToArray());
    }
}
