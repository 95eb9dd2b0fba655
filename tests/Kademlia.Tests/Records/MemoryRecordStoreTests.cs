using Kademlia.Records;

namespace Kademlia.Tests.Records;

public class MemoryRecordStoreTests : RecordStoreContract
{
    protected override IRecordStore CreateStore() => new MemoryRecordStore();
}
