using Kademlia.Records;

namespace Kademlia.Tests.Node;

/// <summary>A store that cannot be read, or cannot be written.</summary>
internal sealed class BrokenStore(bool canLoad) : IRecordStore
{
    /// <summary>How often it was disposed: by a node whose start fails, exactly once.</summary>
    public int Disposals { get; private set; }

    public IEnumerable<Record> Load() => canLoad ? [] : throw new IOException("The store of a test cannot be read.");

    public Record? Read(RecordKey key, NodeId writer) => null;

    public ValueTask<bool> WriteAsync(Record record, Record? replaces, CancellationToken cancellationToken) =>
        throw new IOException("The store of a test cannot be written.");

    public ValueTask<bool> RemoveAsync(Record record, CancellationToken cancellationToken) =>
        throw new IOException("The store of a test cannot be written.");

    public void Dispose() => Disposals++;
}
