namespace Kademlia.Records;

/// <summary>Keeps a node's records. One slot for each key and writer; content has a single slot with the default writer.</summary>
/// <remarks>
/// The node keeps its own index of what is stored and decides what to keep, replace and evict; the store keeps bytes.
/// Reads are called under the node's lock and must be fast and must not throw. Writes to one slot never overlap.
/// </remarks>
public interface IRecordStore : IDisposable
{
    /// <summary>Everything kept from before, read once when the node starts. In any order.</summary>
    IEnumerable<Record> Load();

    /// <summary>The record in a slot, or null.</summary>
    Record? Read(RecordKey key, NodeId writer);

    /// <summary>Puts a record into its slot if the slot is as expected. Completes when the record is as durable as the store promises.</summary>
    /// <param name="record">The record, with its key and writer.</param>
    /// <param name="replaces">The record that must be in the slot now, compared by sequence, tombstone flag, value and expiry; null for an empty slot.</param>
    /// <param name="cancellationToken">Gives up waiting; the record may be written or not.</param>
    /// <returns>False when the slot was not as expected; then nothing was written.</returns>
    ValueTask<bool> WriteAsync(Record record, Record? replaces, CancellationToken cancellationToken);

    /// <summary>Empties a slot if it holds exactly <paramref name="record"/>.</summary>
    /// <returns>False when it held something else, or nothing.</returns>
    ValueTask<bool> RemoveAsync(Record record, CancellationToken cancellationToken);
}
