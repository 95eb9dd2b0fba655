using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Kademlia.Sqlite;

/// <summary>Writes what is queued, on a thread of its own.</summary>
/// <remarks>
/// While one transaction goes to the disk, writes queue up; all of them make the next one. So a single write waits for one flush of the
/// disk, and many share it. A write is visible, and its caller is told, when its transaction is on the disk. Writes of one transaction
/// see those before them. When a transaction fails, each of its writes gets one of its own, so that none fails for another's sake.
/// </remarks>
internal sealed class RecordWriter : IDisposable
{
    private readonly StoreFile _file;
    private readonly ConcurrentDictionary<Slot, Row> _held;
    private readonly WriteQueue _queue = new();
    private readonly Dictionary<Slot, Row?> _changed = [];
    private readonly Thread _thread;
    private long _lastId;

    /// <summary>Begins to write.</summary>
    /// <param name="file">Where to; from now on the writer's own.</param>
    /// <param name="held">What the file holds, and what readers see.</param>
    /// <param name="lastId">The greatest number of a row so far.</param>
    public RecordWriter(StoreFile file, ConcurrentDictionary<Slot, Row> held, long lastId)
    {
        _file = file;
        _held = held;
        _lastId = lastId;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "Kademlia records" };
        _thread.Start();
    }

    /// <summary>Queues a write: first come, first served.</summary>
    public Task<bool> WriteAsync(QueuedWrite write) => _queue.TryAdd(write)
        ? write.Completion
        : Task.FromException<bool>(new KademliaException(
            $"The disk of the record store {_file.Path} is too slow: {WriteQueue.MaxBytes} bytes of writes wait for it, and no more are taken."));

    /// <summary>Writes what waits, and closes the file.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _file.Dispose();
    }

    private void WriteAll()
    {
        while (_queue.Take() is { Count: > 0 } writes)
        {
            Write(writes);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a write fails with is told to its caller; the thread goes on.")]
    private void Write(IReadOnlyList<QueuedWrite> writes)
    {
        try
        {
            Commit(writes);
        }
        catch (Exception) when (writes.Count > 1)
        {
            foreach (QueuedWrite write in writes)
            {
                Write([write]);
            }
        }
        catch (Exception e)
        {
            writes[0].Fail(new KademliaException($"The record store {_file.Path} cannot be written: {e.Message}", e));
        }
    }

    private void Commit(IReadOnlyList<QueuedWrite> writes)
    {
        _changed.Clear();
        bool[] outcomes;
        using (SqliteTransaction transaction = _file.Begin())
        {
            outcomes = [.. writes.Select(TryMake)];
            transaction.Commit();
        }

        Publish();
        for (int i = 0; i < outcomes.Length; i++)
        {
            writes[i].Complete(outcomes[i]);
        }
    }

    private bool TryMake(QueuedWrite write)
    {
        if (write is RecordWrite record)
        {
            return TryMake(record);
        }

        ((StateWrite)write).MakeIn(_file);
        return true;
    }

    /// <summary>Makes a write within the transaction, if its slot is as expected.</summary>
    private bool TryMake(RecordWrite write)
    {
        Row? held = _changed.TryGetValue(write.Slot, out Row? changed) ? changed : _held.GetValueOrDefault(write.Slot);
        bool isExpected = write.Expects(held?.Record);
        if (isExpected)
        {
            _changed[write.Slot] = Make(write.Next, held);
        }

        return isExpected;
    }

    private Row? Make(Record? next, Row? held)
    {
        if (next is not null)
        {
            Row row = new(held?.Id ?? ++_lastId, next);
            _file.Records.Put(row.Id, RowFormat.Write(row.Record));
            return row;
        }

        _file.Records.Delete(held!.Id);
        return null;
    }

    private void Publish()
    {
        foreach ((Slot slot, Row? row) in _changed)
        {
            if (row is null)
            {
                _held.TryRemove(slot, out _);
            }
            else
            {
                _held[slot] = row;
            }
        }
    }
}
