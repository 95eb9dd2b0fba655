using Kademlia.Sqlite;

namespace Kademlia.Cli;

/// <summary>All that a node keeps between runs, in one folder.</summary>
internal sealed class DataFolder(string path)
{
    public string Identity => Path.Combine(path, "identity.pem");

    /// <summary>Opens what the node holds and knows, and makes the folder when it is missing.</summary>
    public SqliteRecordStore OpenStore()
    {
        SqliteRecordStore store = SqliteRecordStore.Open(Path.Combine(path, "records.db"));
        if (store.SetAside is not null)
        {
            Output.Remark($"The file was damaged and was set aside as {store.SetAside}; the node starts without any records.");
        }

        return store;
    }
}
