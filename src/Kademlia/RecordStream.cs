using System.Diagnostics.CodeAnalysis;

namespace Kademlia;

/// <summary>Changes on their way from the core, which learns of them in its turns, to one reader, who awaits them.</summary>
/// <remarks>
/// Safe to use from any thread. The reader goes on where the dispatcher completes callers' tasks, never under the node's lock. However slow it is,
/// no more waits for it than one change of each writer's: what it has not seen of an older one is in the newer.
/// </remarks>
internal sealed class RecordStream(NodeDispatcher dispatcher)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<RecordChange> _changes = new();
    private readonly Dictionary<NodeId, LinkedListNode<RecordChange>> _ofWriter = [];
    private TaskCompletionSource<bool>? _waiting;
    private long _operation;
    private bool _ended;

    /// <summary>Adds a change.</summary>
    public void Add(RecordChange change)
    {
        NodeId writer = change.Record.Writer;
        lock (_gate)
        {
            if (!_ofWriter.TryGetValue(writer, out LinkedListNode<RecordChange>? waiting))
            {
                _ofWriter.Add(writer, _changes.AddLast(change));
            }
            else if (waiting.Value.Then(change) is RecordChange both)
            {
                waiting.Value = both;
            }
            else
            {
                Remove(waiting);
            }

            Wake();
        }
    }

    /// <summary>No more changes come.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Wake();
        }
    }

    /// <summary>Takes the change that came first.</summary>
    public bool TryTake([NotNullWhen(true)] out RecordChange? change)
    {
        lock (_gate)
        {
            change = _changes.First?.Value;
            if (change is not null)
            {
                Remove(_changes.First!);
            }

            return change is not null;
        }
    }

    /// <summary>Waits for a change; false when none is left and none will come.</summary>
    public Task<bool> WaitAsync()
    {
        lock (_gate)
        {
            if (_changes.Count > 0 || _ended)
            {
                return Task.FromResult(_changes.Count > 0);
            }

            _waiting = new TaskCompletionSource<bool>();
            _operation = dispatcher.Begin("the next record");
            return _waiting.Task;
        }
    }

    private void Remove(LinkedListNode<RecordChange> node)
    {
        _ofWriter.Remove(node.Value.Record.Writer);
        _changes.Remove(node);
    }

    private void Wake()
    {
        if (_waiting is TaskCompletionSource<bool> waiting)
        {
            bool more = _changes.Count > 0;
            long operation = _operation;
            _waiting = null;
            dispatcher.Complete(() =>
            {
                dispatcher.End(operation);
                waiting.SetResult(more);
            });
        }
    }
}
