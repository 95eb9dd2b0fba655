namespace Kademlia.Sqlite;

/// <summary>What waits for the disk, in the order in which it was asked for.</summary>
internal sealed class WriteQueue
{
    /// <summary>More memory is not spent on writes that wait. As much again may be in the transaction under way.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private readonly object _gate = new();
    private List<QueuedWrite> _waiting = [];
    private int _bytes;
    private bool _isClosed;

    /// <summary>Adds a write; false when too much waits already.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public bool TryAdd(QueuedWrite write)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteRecordStore));
            if (_bytes + write.Weight > MaxBytes)
            {
                return false;
            }

            _waiting.Add(write);
            _bytes += write.Weight;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes all that waits, as soon as something does; nothing when the queue is closed and empty.</summary>
    public IReadOnlyList<QueuedWrite> Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_gate);
            }

            List<QueuedWrite> taken = _waiting;
            _waiting = [];
            _bytes = 0;
            return taken;
        }
    }

    /// <summary>Takes no more writes. Those that wait are still to be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }
}
