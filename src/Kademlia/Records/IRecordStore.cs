namespace Kademlia.Records;

/// <summary>Keeps a node's records. A key and a writer make a slot, which holds one record; the writer of content is the default id.</summary>
/// <remarks>
/// <para>The node decides what to keep, replace, evict and drop; the store keeps bytes. The node owns the store and disposes it.</para>
/// <para>All calls but <see cref="Load"/> come under the node's lock: they must be fast and must not block, and reads must not throw;
/// writes complete later. A read sees what the last
/// completed write left. Writes and removals of one slot take effect in the order in which they were called, also when an
/// earlier one has not completed; those of different slots in any order, all of it from any thread.</para>
/// <para>Two records are the same when <see cref="Record.IsSameAs"/> says so; their signatures may differ.</para>
/// </remarks>
public interface IRecordStore : IDisposable
{
    /// <summary>Everything kept from before, read once, when the node starts. In any order, but the same from the same contents.</summary>
    IEnumerable<Record> Load();

    /// <summary>The record in a slot, or null.</summary>
    Record? Read(RecordKey key, NodeId writer);

    /// <summary>Puts a record into its slot if the slot is as expected. Completes when the record is as durable as the store promises.</summary>
    /// <param name="record">The record, with its key and writer.</param>
    /// <param name="replaces">The record that must be in the slot now; null for an empty slot.</param>
    /// <param name="cancellationToken">Gives up waiting; the record may be written or not.</param>
    /// <returns>False when the slot was not as expected; then nothing was written. A store that cannot write throws.</returns>
    ValueTask<bool> WriteAsync(Record record, Record? replaces, CancellationToken cancellationToken);

    /// <summary>Empties a slot if it holds the same record.</summary>
    /// <param name="record">The record to remove.</param>
    /// <param name="cancellationToken">Gives up waiting; the record may be removed or not.</param>
    /// <returns>False when the slot held something else, or nothing.</returns>
    ValueTask<bool> RemoveAsync(Record record, CancellationToken cancellationToken);
}
