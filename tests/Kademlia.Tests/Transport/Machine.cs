using System.Net;
using System.Net.Sockets;

namespace Kademlia.Tests.Transport;

/// <summary>What the machine that runs the tests can do.</summary>
internal static class Machine
{
    public const string LacksIPv6 = "This machine has no IPv6 loopback address.";

    public static bool HasIPv6 { get; } = CanBindIPv6();

    private static bool CanBindIPv6()
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
