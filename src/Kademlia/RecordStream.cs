namespace Kademlia;

/// <summary>Records on their way from the core, which finds them in its turns, to one reader, who awaits them.</summary>
/// <remarks>Safe to use from any thread. The reader goes on where the dispatcher completes callers' tasks, never under the node's lock.</remarks>
internal sealed class RecordStream(NodeDispatcher dispatcher)
{
    private readonly Lock _gate = new();
    private readonly Queue<Record> _records = [];
    private TaskCompletionSource<bool>? _waiting;
    private bool _ended;

    /// <summary>Adds a record.</summary>
    public void Add(Record record)
    {
        lock (_gate)
        {
            _records.Enqueue(record);
            Wake();
        }
    }

    /// <summary>No more records come.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Wake();
        }
    }

    /// <summary>Takes the record that came first.</summary>
    public bool TryTake(out Record? record)
    {
        lock (_gate)
        {
            return _records.TryDequeue(out record);
        }
    }

    /// <summary>Waits for a record; false when none is left and none will come.</summary>
    public Task<bool> WaitAsync()
    {
        lock (_gate)
        {
            if (_records.Count > 0 || _ended)
            {
                return Task.FromResult(_records.Count > 0);
            }

            _waiting = new TaskCompletionSource<bool>();
            return _waiting.Task;
        }
    }

    private void Wake()
    {
        if (_waiting is TaskCompletionSource<bool> waiting)
        {
            bool more = _records.Count > 0;
            _waiting = null;
            dispatcher.Complete(() => waiting.SetResult(more));
        }
    }
}
