using System.Collections.Concurrent;

namespace Kademlia.Records;

/// <summary>Keeps records in memory, for as long as the node runs. Every write is done when the call returns.</summary>
/// <remarks>Safe to use from any thread. How much there may be is the node's decision, not the store's.</remarks>
public sealed class MemoryRecordStore : IRecordStore
{
    private readonly ConcurrentDictionary<Slot, Record> _records = new();

    /// <summary>How many records there are.</summary>
    public int Count => _records.Count;

    /// <inheritdoc/>
    public IEnumerable<Record> Load() =>
        _records.Values.OrderBy(record => record.Key.Hash).ThenBy(record => record.Key.Kind).ThenBy(record => record.Writer);

    /// <inheritdoc/>
    public Record? Read(RecordKey key, NodeId writer) => _records.GetValueOrDefault(new Slot(key, writer));

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(Record record, Record? replaces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        Slot slot = new(record.Key, record.Writer);
        bool written = replaces is null
            ? _records.TryAdd(slot, record)
            : _records.TryGetValue(slot, out Record? held) && held.IsSameAs(replaces) && _records.TryUpdate(slot, record, held);
        return ValueTask.FromResult(written);
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(Record record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        Slot slot = new(record.Key, record.Writer);
        bool removed = _records.TryGetValue(slot, out Record? held)
            && held.IsSameAs(record)
            && _records.TryRemove(KeyValuePair.Create(slot, held));
        return ValueTask.FromResult(removed);
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose() => _records.Clear();

    private readonly record struct Slot(RecordKey Key, NodeId Writer);
}
