using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Kademlia.Sqlite;

/// <summary>The SQLite file: its versions, its rows, and what is asked of SQLite. Used by one thread at a time.</summary>
/// <remarks>
/// <para>Records are numbered. Which number a slot has is known in memory, so that there is no index on
/// disk, and a new record goes to the end of its table: the records of one transaction share a few pages.</para>
/// <para>The write-ahead log is on the disk before a transaction has ended (<c>synchronous=FULL</c>). The file is locked for as long as it
/// is open (<c>locking_mode=EXCLUSIVE</c>), which keeps others out and needs no shared memory beside it.</para>
/// </remarks>
internal sealed class StoreFile : IDisposable
{
    /// <summary>"Kadm", in the header of each file that is ours.</summary>
    private const long ApplicationId = 0x4B61_646D;

    /// <summary>How long another process may still have the file open, in seconds: one that is just ending.</summary>
    private const int LockTimeout = 1;

    /// <summary>What leads from each schema version to the next, beginning with an empty file. The version is in <c>user_version</c>.</summary>
    private static readonly string[] Migrations =
    [
        "CREATE TABLE records (id INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT",
        """
        CREATE TABLE own (key BLOB PRIMARY KEY, state BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE contacts (id INTEGER PRIMARY KEY, contact BLOB NOT NULL) STRICT
        """,
    ];

    private readonly SqliteConnection _connection;
    private readonly Table[] _tables;

    private StoreFile(string path)
    {
        Path = path;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = LockTimeout,
        }.ConnectionString);
        Records = new Table(_connection, "records", "id", "record");
        Own = new Table(_connection, "own", "key", "state");
        Contacts = new Table(_connection, "contacts", "id", "contact");
        _tables = [Records, Own, Contacts];
    }

    /// <summary>Where the file lies.</summary>
    public string Path { get; }

    /// <summary>Records, by their numbers, in the bytes of <see cref="RowFormat"/>.</summary>
    public Table Records { get; }

    /// <summary>What the node wrote, by key, in the bytes of <see cref="OwnFormat"/>.</summary>
    public Table Own { get; }

    /// <summary>Whom the node knew, by any numbers, in the bytes of <see cref="ContactFormat"/>.</summary>
    public Table Contacts { get; }

    /// <summary>Opens a file, creates it when it is missing, and brings it to this version.</summary>
    /// <exception cref="KademliaException">The file is of a newer version, another program's, or may not be written.</exception>
    /// <exception cref="SqliteException">SQLite cannot use it.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static StoreFile Open(string path, long? maxBytes)
    {
        StoreFile file = new(path);
        try
        {
            file.Prepare(maxBytes);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Begins a transaction. What follows belongs to it, and is undone unless it is committed before it is disposed.</summary>
    public SqliteTransaction Begin()
    {
        SqliteTransaction transaction = _connection.BeginTransaction();
        Array.ForEach(_tables, table => table.Enter(transaction));
        return transaction;
    }

    public void Dispose()
    {
        Array.ForEach(_tables, table => table.Dispose());
        _connection.Dispose();
    }

    private void Prepare(long? maxBytes)
    {
        _connection.Open();
        Execute("PRAGMA locking_mode = EXCLUSIVE");
        long version = Number("PRAGMA user_version");
        ThrowIfUnusable(version);
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = FULL");
        ThrowIfDamaged();
        if (version < Migrations.Length)
        {
            Migrate(version);
        }

        if (maxBytes is long limit)
        {
            Execute($"PRAGMA max_page_count = {Math.Max(1, limit / Number("PRAGMA page_size"))}");
        }
    }

    private void ThrowIfUnusable(long version)
    {
        long application = Number("PRAGMA application_id");
        bool isEmpty = application == 0 && version == 0 && Number("SELECT count(*) FROM sqlite_schema") == 0;
        if (application != ApplicationId && !isEmpty)
        {
            throw new KademliaException($"The file {Path} is another program's database: name another file for the records.");
        }

        if (version > Migrations.Length)
        {
            throw new KademliaException(
                $"The record store {Path} was written by a newer version (its schema is {version}; this version knows up to "
                + $"{Migrations.Length}): use that version again, or name another file.");
        }

        if (raw.sqlite3_db_readonly(_connection.Handle, "main") != 0)
        {
            throw new KademliaException($"The record store {Path} can only be read: let this user write to it, or name another file.");
        }
    }

    /// <summary>Looks over every page: damage that no read meets would fail every write later.</summary>
    private void ThrowIfDamaged()
    {
        string verdict = (string)Scalar("PRAGMA quick_check(1)");
        if (verdict != "ok")
        {
            throw new InvalidDataException(verdict);
        }
    }

    private void Migrate(long version)
    {
        using SqliteTransaction transaction = Begin();
        foreach (string migration in Migrations.Skip((int)version))
        {
            Execute(migration, transaction);
        }

        Execute($"PRAGMA application_id = {ApplicationId}", transaction);
        Execute($"PRAGMA user_version = {Migrations.Length}", transaction);
        transaction.Commit();
    }

    private long Number(string sql) => (long)Scalar(sql);

    private object Scalar(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }

    private void Execute(string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
