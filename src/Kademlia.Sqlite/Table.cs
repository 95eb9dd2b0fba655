using Microsoft.Data.Sqlite;

namespace Kademlia.Sqlite;

/// <summary>One table of the file: bytes under a key.</summary>
internal sealed class Table : IDisposable
{
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _clear;

    public Table(SqliteConnection connection, string name, string key, string value)
    {
        _select = connection.CreateCommand();
        _select.CommandText = $"SELECT {key}, {value} FROM {name} ORDER BY {key}";
        _put = connection.CreateCommand();
        _put.CommandText = $"INSERT OR REPLACE INTO {name} ({key}, {value}) VALUES ($key, $value)";
        _put.Parameters.Add(new SqliteParameter { ParameterName = "$key" });
        _put.Parameters.Add("$value", SqliteType.Blob);
        _delete = connection.CreateCommand();
        _delete.CommandText = $"DELETE FROM {name} WHERE {key} = $key";
        _delete.Parameters.Add(new SqliteParameter { ParameterName = "$key" });
        _clear = connection.CreateCommand();
        _clear.CommandText = $"DELETE FROM {name}";
    }

    /// <summary>What the next writes belong to.</summary>
    public void Enter(SqliteTransaction transaction)
    {
        _put.Transaction = transaction;
        _delete.Transaction = transaction;
        _clear.Transaction = transaction;
    }

    /// <summary>All rows, by their keys.</summary>
    /// <exception cref="InvalidDataException">A row is not one that was written.</exception>
    public List<(object Key, byte[] Value)> ReadAll()
    {
        using SqliteDataReader reader = _select.ExecuteReader();
        List<(object, byte[])> rows = [];
        while (reader.Read())
        {
            rows.Add((reader.GetValue(0), reader.GetValue(1) as byte[] ?? throw new InvalidDataException("A row was altered.")));
        }

        return rows;
    }

    /// <summary>Writes a row, new or over what it held.</summary>
    public void Put(object key, byte[] value)
    {
        _put.Parameters[0].Value = key;
        _put.Parameters[1].Value = value;
        _put.ExecuteNonQuery();
    }

    public void Delete(object key)
    {
        _delete.Parameters[0].Value = key;
        _delete.ExecuteNonQuery();
    }

    /// <summary>Writes these rows, under the numbers from 1 on, and no others.</summary>
    public void Replace(IReadOnlyList<byte[]> rows)
    {
        _clear.ExecuteNonQuery();
        for (int i = 0; i < rows.Count; i++)
        {
            Put((long)i + 1, rows[i]);
        }
    }

    public void Dispose()
    {
        _select.Dispose();
        _put.Dispose();
        _delete.Dispose();
        _clear.Dispose();
    }
}
