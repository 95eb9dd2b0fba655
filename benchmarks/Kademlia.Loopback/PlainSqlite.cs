using Microsoft.Data.Sqlite;

namespace Kademlia.Loopback;

/// <summary>What one would write by hand with the same durability: a table with a key, and a transaction for each call.</summary>
internal sealed class PlainSqlite : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SemaphoreSlim _turn = new(1);

    public PlainSqlite(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        _insert = _connection.CreateCommand();
        _insert.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE records (key BLOB PRIMARY KEY, value BLOB)";
        _insert.ExecuteNonQuery();
        _insert.CommandText = "INSERT OR REPLACE INTO records VALUES ($key, $value)";
        _insert.Parameters.Add("$key", SqliteType.Blob);
        _insert.Parameters.Add("$value", SqliteType.Blob);
    }

    public async Task StoreAsync(Record[] records)
    {
        await _turn.WaitAsync();
        try
        {
            Store(records);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
        _turn.Dispose();
    }

    private void Store(Record[] records)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        foreach (Record record in records)
        {
            _insert.Parameters[0].Value = record.Key.Hash.ToByteArray();
            _insert.Parameters[1].Value = record.Value.ToArray();
            _insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
