using Kademlia.Records;

namespace Kademlia.Sqlite;

/// <summary>What a file holds when it is opened.</summary>
/// <param name="Rows">Records, by their numbers.</param>
/// <param name="Own">What the node wrote, by key.</param>
/// <param name="Contacts">Whom the node knew, but for those that were altered: they are asked before they are believed.</param>
internal sealed record Contents(IReadOnlyList<Row> Rows, IReadOnlyList<OwnRecordState> Own, IReadOnlyList<Contact> Contacts)
{
    /// <summary>The greatest number of a record.</summary>
    public long LastId => Rows.Count > 0 ? Rows[^1].Id : 0;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">A row is not one that was written.</exception>
    public static Contents Of(StoreFile file) => new(
        [.. file.Records.ReadAll().Select(row => new Row((long)row.Key, RowFormat.Read(row.Value) ?? throw Altered()))],
        [.. file.Own.ReadAll().Select(row => OwnFormat.Read((byte[])row.Key, row.Value) ?? throw Altered())],
        [.. file.Contacts.ReadAll().Select(row => ContactFormat.Read(row.Value)).OfType<Contact>()]);

    private static InvalidDataException Altered() => new("A row was altered.");
}
