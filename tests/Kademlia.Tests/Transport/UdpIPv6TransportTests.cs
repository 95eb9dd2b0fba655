using System.Net;
using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

public sealed class UdpIPv6TransportTests : DatagramTransportContract
{
    public UdpIPv6TransportTests() => Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);

    protected override IDatagramTransport Create() => UdpTransport.Bind([IPAddress.IPv6Loopback], 0);
}
