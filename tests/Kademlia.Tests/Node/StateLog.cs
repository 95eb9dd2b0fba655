using System.Collections.Concurrent;
using Kademlia.Records;

namespace Kademlia.Tests.Node;

/// <summary>A store that remembers each state that was saved of an own record.</summary>
internal sealed class StateLog : INodeStateStore
{
    private readonly MemoryRecordStore _records = new();
    private readonly ConcurrentQueue<OwnRecordState> _saved = new();

    public IEnumerable<OwnRecordState> Saved => _saved;

    public IEnumerable<Record> Load() => _records.Load();

    public Record? Read(RecordKey key, NodeId writer) => _records.Read(key, writer);

    public ValueTask<bool> WriteAsync(Record record, Record? replaces, CancellationToken cancellationToken) =>
        _records.WriteAsync(record, replaces, cancellationToken);

    public ValueTask<bool> RemoveAsync(Record record, CancellationToken cancellationToken) => _records.RemoveAsync(record, cancellationToken);

    public NodeState LoadState() => new([], []);

    public ValueTask SaveContactsAsync(IReadOnlyList<Contact> contacts, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask SaveOwnAsync(OwnRecordState own, CancellationToken cancellationToken)
    {
        _saved.Enqueue(own);
        return ValueTask.CompletedTask;
    }

    public ValueTask ForgetOwnAsync(RecordKey key, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose() => _records.Dispose();
}
