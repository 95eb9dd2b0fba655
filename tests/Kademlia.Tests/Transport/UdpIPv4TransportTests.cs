using System.Net;
using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

public sealed class UdpIPv4TransportTests : DatagramTransportContract
{
    protected override IDatagramTransport Create() => UdpTransport.Bind([IPAddress.Loopback], 0);
}
