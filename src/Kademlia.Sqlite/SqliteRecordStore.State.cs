using Kademlia.Records;

namespace Kademlia.Sqlite;

/// <content>What the node is to know of itself after a restart, in tables of their own.</content>
public sealed partial class SqliteRecordStore
{
    private readonly NodeState _before;

    /// <inheritdoc/>
    public NodeState LoadState() => _before;

    /// <inheritdoc/>
    public ValueTask SaveContactsAsync(IReadOnlyList<Contact> contacts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(contacts);
        byte[][] rows = [.. contacts.Select(ContactFormat.Write)];
        return SaveAsync(rows.Sum(row => row.Length), file => file.Contacts.Replace(rows), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask SaveOwnAsync(OwnRecordState own, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(own);
        byte[] row = OwnFormat.Write(own);
        return SaveAsync(row.Length, file => file.Own.Put(OwnFormat.KeyOf(own.Key), row), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask ForgetOwnAsync(RecordKey key, CancellationToken cancellationToken) =>
        SaveAsync(0, file => file.Own.Delete(OwnFormat.KeyOf(key)), cancellationToken);

    private ValueTask SaveAsync(int length, Action<StoreFile> make, CancellationToken cancellationToken) =>
        new(_writer.WriteAsync(new StateWrite(length, make)).WaitAsync(cancellationToken));
}
