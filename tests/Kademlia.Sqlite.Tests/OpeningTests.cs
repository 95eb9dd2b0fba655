using Kademlia.Tests.Node;
using Kademlia.Tests.Records;
using Microsoft.Data.Sqlite;

namespace Kademlia.Sqlite.Tests;

/// <summary>Files that a store cannot use: each is told with what to do, and is left as it was.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_FileInUse_IsTold()
    {
        using SqliteRecordStore store = _folder.Open();
        await StoreFolder.FillAsync(store, 1);
        AssertTold("is open already");
        Assert.Null(store.SetAside);
        Assert.True(await store.WriteAsync(_folder.Samples.Owner(), null, StoreFolder.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_FileOfANewerVersion_IsToldAndKept()
    {
        await WriteOneAsync();
        Execute("PRAGMA user_version = 3");
        AssertTold("newer version");
        Execute("PRAGMA user_version = 2");
        using SqliteRecordStore store = _folder.Open();
        Assert.Equal(1, store.Count);
    }

    /// <summary>What version 1 wrote: its statements, and a row as it was on the disk.</summary>
    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_FileOfVersion1_HasItsRecordsAndTakesState()
    {
        Execute("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE records (id INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
            PRAGMA application_id = 1264673901;
            PRAGMA user_version = 1;
            INSERT INTO records (id, record) VALUES (7, x'990100C400C40000C2CE713FC110C40568656C6C6FC40093C9F0377A63F87A')
            """);
        Record owner = _folder.Samples.Owner();
        using (SqliteRecordStore store = _folder.Open())
        {
            Assert.Null(store.SetAside);
            Assert.True(RecordSamples.Content("hello").IsSameAs(Assert.Single(store.Load())));
            await store.SaveOwnAsync(new(owner.Key, 5, owner.Expiry, owner, default, default), StoreFolder.Token);
            Assert.True(await store.WriteAsync(owner, null, StoreFolder.Token));
        }

        using SqliteRecordStore again = _folder.Open();
        Assert.Equal(2, again.Count);
        Assert.Equal(owner.Key, Assert.Single(again.LoadState().Own).Key);
    }

    [Fact]
    public void Open_AnotherProgramsDatabase_IsToldAndKept()
    {
        Execute("CREATE TABLE bookmarks (url TEXT)");
        byte[] before = File.ReadAllBytes(_folder.Path);
        AssertTold("another program's");
        Assert.Equal(before, File.ReadAllBytes(_folder.Path));
        Assert.Equal(["records.db"], _folder.Files);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Open_FileThatMayNotBeWritten_IsTold()
    {
        const int WriteVersion = 18; // Of the header: above what SQLite knows, the file is read alone. A file's mode would not stop an administrator.
        await WriteOneAsync();
        byte[] file = await File.ReadAllBytesAsync(_folder.Path, StoreFolder.Token);
        file[WriteVersion] = 9;
        await File.WriteAllBytesAsync(_folder.Path, file, StoreFolder.Token);
        AssertTold("can only be read");
    }

    [Fact]
    public void Open_AFolder_IsTold()
    {
        Directory.CreateDirectory(_folder.Path);
        AssertTold("cannot be opened");
    }

    [Fact]
    public void Open_AFileInAFolderThatIsAFile_IsTold()
    {
        File.WriteAllText(_folder.Path, "");
        KademliaException told = Assert.Throws<KademliaException>(() => SqliteRecordStore.Open(Path.Combine(_folder.Path, "records.db")));
        Assert.Contains("cannot be opened", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_InAFolderThatIsMissing_MakesIt()
    {
        string path = Path.Combine(Path.GetDirectoryName(_folder.Path)!, "new", "records.db");
        using SqliteRecordStore store = SqliteRecordStore.Open(path);
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Open_NoPath_IsAWrongArgument(string path) => Assert.Throws<ArgumentException>(() => SqliteRecordStore.Open(path));

    private async Task WriteOneAsync()
    {
        using SqliteRecordStore store = _folder.Open();
        await store.WriteAsync(RecordSamples.Content(), null, StoreFolder.Token);
    }

    private void AssertTold(string what)
    {
        KademliaException told = Assert.Throws<KademliaException>(() => _folder.Open());
        Assert.Contains(what, told.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, told.Message, StringComparison.Ordinal);
        Assert.Contains("name another file", told.Message, StringComparison.Ordinal);
    }

    private void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={_folder.Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
