namespace Kademlia.Sqlite;

/// <summary>The place of one record: a key and a writer.</summary>
internal readonly record struct Slot(RecordKey Key, NodeId Writer)
{
    public static Slot Of(Record record) => new(record.Key, record.Writer);
}
