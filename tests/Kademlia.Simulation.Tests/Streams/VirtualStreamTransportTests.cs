using Kademlia.Simulation.Running.Streams;
using Kademlia.Tests.Transport;
using Kademlia.Transport;

namespace Kademlia.Simulation.Tests.Streams;

public sealed class VirtualStreamTransportTests : StreamTransportContract
{
    private readonly VirtualNetwork _network = new(1);

    protected override TimeProvider Time => _network.TimeProvider;

    protected override IStreamTransport Open() => new VirtualStreamTransport(_network.AddMachine(), _network.Internet);

    protected override void Run(Func<Task> test) => _network.Run(test);
}
