using Kademlia.Records;
using Kademlia.Tests.Identity;
using Kademlia.Tests.Records;

namespace Kademlia.Sqlite.Tests;

public sealed class SqliteRecordStoreContractTests : RecordStoreContract
{
    private readonly TemporaryFolder _folder = new();

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    protected override IRecordStore CreateStore() => SqliteRecordStore.Open(_folder.File("records.db"));
}
