using Kademlia.Records;
using Kademlia.Tests.Records;

namespace Kademlia.Simulation.Tests;

public sealed class VirtualDiskStateTests : NodeStateStoreContract
{
    private readonly VirtualDisk _disk = new();

    protected override INodeStateStore Open() => _disk.Open();
}
