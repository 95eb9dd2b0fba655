using System.Buffers.Binary;
using Kademlia.Records;
using Kademlia.Tests.Node;
using Microsoft.Extensions.Logging;

namespace Kademlia.Sqlite.Tests;

/// <summary>Files that were cut short or altered: a store opens with what was written, or with what was written first, or empty. It always opens.</summary>
public sealed class DamageTests : IDisposable
{
    private const int PageSize = 4096;
    private const int LogHeaderLength = 32;
    private const int FrameLength = PageSize + 24;

    private readonly StoreFolder _folder = new();
    private readonly Contact _contact = new(new NodeId(1, 2, 3, 4), PeerEndPoint.Parse("192.0.2.1:7411"));
    private readonly OwnRecordState _own;

    public DamageTests()
    {
        Record kept = _folder.Samples.Owner();
        _own = new OwnRecordState(kept.Key, kept.Sequence, kept.Expiry, kept, TimeSpan.FromHours(1), kept.Expiry);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_NoDatabase_IsSetAsideWithAMessage()
    {
        File.WriteAllText(_folder.Path, new string('?', 2 * PageSize));
        File.WriteAllText($"{_folder.Path}-wal", "beside it");
        ListLogger log = new();
        using SqliteRecordStore store = SqliteRecordStore.Open(_folder.Path, new SqliteRecordStoreOptions { LoggerFactory = log });
        Assert.Equal($"{_folder.Path}.damaged", store.SetAside);
        Assert.Equal('?', File.ReadAllText(store.SetAside!)[0]);
        string message = Assert.Single(log.Messages);
        Assert.StartsWith($"Error: The record store {_folder.Path} is damaged. It was set aside as {store.SetAside}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetAside_WhatLiesBeside_GoesAlongAndReplacesWhatWasSetAsideBefore()
    {
        foreach (string suffix in new[] { "", "-wal", "-shm", ".damaged", ".damaged-wal", ".damaged-journal" })
        {
            File.WriteAllText(_folder.Path + suffix, suffix);
        }

        Assert.Equal($"{_folder.Path}.damaged", Damage.SetAside(_folder.Path));
        Assert.Equal(["records.db.damaged", "records.db.damaged-shm", "records.db.damaged-wal"], _folder.Files);
        Assert.Equal("-wal", File.ReadAllText($"{_folder.Path}.damaged-wal"));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_CutAtAnyPage_IsWholeOrSetAside()
    {
        (Record[] records, byte[] file, _) = await WriteAsync(100, isOpen: false);
        for (int length = PageSize; length < file.Length; length += PageSize)
        {
            Assert.NotNull(OpenAltered(records, file[..length]));
            Assert.NotNull(OpenAltered(records, file[..(length + 1)]));
            Assert.NotNull(OpenAltered(records, file[..(length + (PageSize / 2))]));
        }

        Assert.Null(OpenAltered(records, file));
        Assert.Null(OpenAltered(records, [])); // An empty file is a new one.
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_LogCutAnywhere_HasWhatWasWrittenFirst()
    {
        (Record[] records, byte[] file, byte[] log) = await WriteAsync(20, isOpen: true);
        int before = 0;
        for (int length = 0; length <= log.Length; length = length == 0 ? LogHeaderLength : length + FrameLength)
        {
            Write(file, log[..Math.Min(log.Length, length + 1)]);
            using SqliteRecordStore store = _folder.Open();
            Assert.Null(store.SetAside);
            Assert.InRange(store.Count, before, records.Length);
            Assert.All(records[..store.Count], record => Assert.NotNull(store.Read(record.Key, record.Writer)));
            before = store.Count;
        }

        Write(file, log);
        using SqliteRecordStore whole = _folder.Open();
        Assert.Equal(records.Length, whole.Count);
    }

    /// <summary>Nobody reads the pages that removed records have left; the next writes go there.</summary>
    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_FreePagesAltered_IsSetAside()
    {
        using (SqliteRecordStore store = _folder.Open())
        {
            Record[] records = await StoreFolder.FillAsync(store, 100);
            await Task.WhenAll(records[1..].Select(record => store.RemoveAsync(record, StoreFolder.Token).AsTask()));
        }

        byte[] file = await File.ReadAllBytesAsync(_folder.Path, StoreFolder.Token);
        int firstFree = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(32)); // Of the header; pages are counted from 1.
        file.AsSpan((firstFree - 1) * PageSize, PageSize).Fill(0xFF);
        Assert.NotNull(OpenAltered([], file));
    }

    /// <remarks>But for the nine bytes of the header that say that a file may not be written, is of a newer version, or another program's.</remarks>
    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_AnyByteAltered_IsWholeOrSetAside()
    {
        (Record[] records, byte[] file, _) = await WriteAsync(30, isOpen: false);
        Random random = new(1);
        IEnumerable<int> positions = Enumerable.Range(0, 100).Where(i => i is not (18 or (>= 60 and < 64) or (>= 68 and < 72)))
            .Concat(Enumerable.Range(0, 200).Select(_ => random.Next(100, file.Length)));
        int damaged = 0;
        foreach (int position in positions)
        {
            byte[] altered = [.. file];
            altered[position] ^= (byte)random.Next(1, 256);
            damaged += OpenAltered(records, altered) is null ? 0 : 1;
        }

        Assert.InRange(damaged, 100, int.MaxValue);
    }

    /// <summary>Writes records one after the other, and reads the file with its log, of a store that is open or closed.</summary>
    private async Task<(Record[] Records, byte[] File, byte[] Log)> WriteAsync(int count, bool isOpen)
    {
        SqliteRecordStore store = _folder.Open();
        Record[] records = await StoreFolder.FillAsync(store, count);
        await store.SaveOwnAsync(_own, StoreFolder.Token);
        await store.SaveContactsAsync([_contact], StoreFolder.Token);
        byte[] log = await File.ReadAllBytesAsync($"{_folder.Path}-wal", StoreFolder.Token);
        byte[] file = await File.ReadAllBytesAsync(_folder.Path, StoreFolder.Token);
        store.Dispose();
        return isOpen ? (records, file, log) : (records, await File.ReadAllBytesAsync(_folder.Path, StoreFolder.Token), []);
    }

    private void Write(byte[] file, byte[] log)
    {
        File.WriteAllBytes(_folder.Path, file);
        File.WriteAllBytes($"{_folder.Path}-wal", log);
    }

    /// <summary>Opens a file that must be whole, or empty and set aside; where it was set aside to.</summary>
    private string? OpenAltered(Record[] records, byte[] file)
    {
        Write(file, log: []);
        using SqliteRecordStore store = _folder.Open();
        Assert.Equal(store.SetAside is null && file.Length > 0 ? records.Length : 0, store.Count);
        Assert.All(store.Load(), record => Assert.Contains(records, record.IsSameAs));
        Assert.Equal(store.Count > 0 ? [_own with { Kept = null }] : [], store.LoadState().Own.Select(own => own with { Kept = null }));
        Assert.All(store.LoadState().Own, own => Assert.True(own.Kept?.IsSameAs(_own.Kept!)));
        Assert.All(store.LoadState().Contacts, contact => Assert.Equal(_contact, contact));
        Assert.True(store.WriteAsync(_folder.Samples.Owner(), null, StoreFolder.Token).AsTask().GetAwaiter().GetResult());
        return store.SetAside;
    }

    /// <summary>Keeps what is logged.</summary>
    private sealed class ListLogger : ILoggerFactory, ILogger
    {
        public List<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add($"{logLevel}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
