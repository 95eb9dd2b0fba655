using Kademlia.Sqlite;

namespace Kademlia.Cli;

/// <summary>All that a node keeps between runs, in one folder.</summary>
internal sealed class DataFolder(string path)
{
    public string Identity => Path.Combine(path, "identity.pem");

    public string State => Path.Combine(path, "node.state");

    /// <summary>Opens the records, and makes the folder when it is missing.</summary>
    public SqliteRecordStore OpenRecords()
    {
        SqliteRecordStore store = SqliteRecordStore.Open(Path.Combine(path, "records.db"));
        if (store.SetAside is not null)
        {
            Output.Remark($"The records were damaged and were set aside as {store.SetAside}; the node starts without any.");
        }

        return store;
    }
}
