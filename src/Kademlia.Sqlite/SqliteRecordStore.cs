using System.Collections.Concurrent;
using Kademlia.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Kademlia.Sqlite;

/// <summary>Keeps records, and what the node is to know of itself, in one SQLite file. A write completes when it is on the disk, and so outlives the process and a loss of power.</summary>
/// <remarks>
/// <para>The file is read once, when it is opened; then all records are in memory too. A read is called under the node's lock: it never
/// waits for the disk, nor for a write. So the store takes the memory of a <see cref="MemoryRecordStore"/>;
/// <see cref="KademliaOptions.MaxStrangerBytes"/> bounds it.</para>
/// <para>Writes that come together share one transaction. A write that fails, as on a full disk, throws and has changed nothing; what was
/// there stays. One node has the file open at a time.</para>
/// <para>Safe to use from any thread.</para>
/// </remarks>
public sealed partial class SqliteRecordStore : INodeStateStore
{
    private readonly ConcurrentDictionary<Slot, Row> _held = new();
    private readonly RecordWriter _writer;
    private int _disposed;

    private SqliteRecordStore(StoreFile file, Contents contents, long lastId)
    {
        _before = new NodeState(contents.Contacts, contents.Own);
        foreach (Row row in contents.Rows)
        {
            // The later row counts: the earlier had expired, could not be dropped, and lives again because the clock was set back.
            _held[row.Slot] = row;
        }

        _writer = new RecordWriter(file, _held, lastId);
    }

    /// <summary>How many records there are.</summary>
    public int Count => _held.Count;

    /// <summary>The name under which a damaged file was set aside when this one was opened; null when there was none.</summary>
    public string? SetAside { get; private init; }

    /// <summary>Opens a file, and creates it and its folder when they are missing. Records that have expired are dropped.</summary>
    /// <remarks>
    /// A damaged file is renamed to <c>NAME.damaged</c>, over an earlier one, and an empty one takes its place: other nodes give
    /// this one what it should hold.
    /// </remarks>
    /// <param name="path">The file. Beside it lies its write-ahead log, <c>NAME-wal</c>, while it is open and after a crash.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="KademliaException">
    /// The file is open elsewhere, of a newer version, another program's, or cannot be used; the message says what to do.
    /// </exception>
    public static SqliteRecordStore Open(string path, SqliteRecordStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new SqliteRecordStoreOptions();
        string file = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? file);
            return OpenOrSetAside(file, options);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw new KademliaException(
                $"The record store {file} is open already, in this process or another: stop that node, or name another file.", e);
        }
        catch (Exception e) when (e is SqliteException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new KademliaException(
                $"The record store {file} cannot be opened: {e.Message} Let this user read and write there, see that the disk has room, "
                + "or name another file.", e);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Record> Load() => _held.Values.Select(row => row.Record)
        .OrderBy(record => record.Key.Hash).ThenBy(record => record.Key.Kind).ThenBy(record => record.Writer);

    /// <inheritdoc/>
    public Record? Read(RecordKey key, NodeId writer) => _held.GetValueOrDefault(new Slot(key, writer))?.Record;

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(Record record, Record? replaces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new(_writer.WriteAsync(new RecordWrite(replaces, record)).WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(Record record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new(_writer.WriteAsync(new RecordWrite(record, next: null)).WaitAsync(cancellationToken));
    }

    /// <summary>Writes what was accepted, and closes the file. What was read can still be read.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _writer.Dispose();
        }
    }

    private static SqliteRecordStore OpenOrSetAside(string path, SqliteRecordStoreOptions options)
    {
        ILogger logger = options.LoggerFactory?.CreateLogger<SqliteRecordStore>() ?? NullLogger<SqliteRecordStore>.Instance;
        try
        {
            return OpenSound(path, options, logger, setAside: null);
        }
        catch (Exception e) when (Damage.IsMeantBy(e))
        {
            string aside = Damage.SetAside(path);
            Log.SetAside(logger, path, aside, e);
            return OpenSound(path, options, logger, aside);
        }
    }

    private static SqliteRecordStore OpenSound(string path, SqliteRecordStoreOptions options, ILogger logger, string? setAside)
    {
        StoreFile file = StoreFile.Open(path, options.MaxFileBytes);
        try
        {
            Contents contents = Contents.Of(file);
            long now = options.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
            ILookup<bool, Row> rows = contents.Rows.ToLookup(row => RecordExpiry.IsOver(row.Record.ExpirySeconds, now));
            ILookup<bool, OwnRecordState> own = contents.Own.ToLookup(state => IsOver(state, now));
            Drop(file, rows[true], own[true], logger);
            Contents live = contents with { Rows = [.. rows[false]], Own = [.. own[false]] };
            return new SqliteRecordStore(file, live, contents.LastId) { SetAside = setAside };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static bool IsOver(OwnRecordState own, long now) =>
        own.Kept is null && RecordExpiry.IsOver(own.Expiry.ToUnixTimeSeconds(), now);

    /// <summary>Takes what has expired out of the file. Where the disk is full it stays as it is: a node must start there too.</summary>
    private static void Drop(StoreFile file, IEnumerable<Row> rows, IEnumerable<OwnRecordState> own, ILogger logger)
    {
        try
        {
            using SqliteTransaction transaction = file.Begin();
            foreach (Row row in rows)
            {
                file.Records.Delete(row.Id);
            }

            foreach (OwnRecordState state in own)
            {
                file.Own.Delete(OwnFormat.KeyOf(state.Key));
            }

            transaction.Commit();
        }
        catch (SqliteException e)
        {
            Log.ExpiredNotDropped(logger, file.Path, e);
        }
    }
}
