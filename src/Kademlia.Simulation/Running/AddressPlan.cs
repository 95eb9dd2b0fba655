using System.Buffers.Binary;

namespace Kademlia.Simulation.Running;

/// <summary>Gives out public addresses, each in an address group of its own: five million IPv4 networks of /24, and as many IPv6 ones of /32.</summary>
internal sealed class AddressPlan
{
    private const ushort Port = 7411;
    private const int FirstOctet = 20;
    private const int FirstOctets = 80;
    private const uint FirstIPv6 = 0x2400_0000;

    private int _given;

    public IReadOnlyList<PeerEndPoint> Next(bool ipv4, bool ipv6)
    {
        int number = _given++;
        return (ipv4, ipv6) switch
        {
            (true, true) => [IPv4(number), IPv6(number)],
            (true, false) => [IPv4(number)],
            (false, true) => [IPv6(number)],
            _ => throw new ArgumentException("A machine needs an address: IPv4, IPv6 or both."),
        };
    }

    private static PeerEndPoint IPv4(int number) => new(
        [(byte)(FirstOctet + (number % FirstOctets)), (byte)(number / FirstOctets), (byte)(number / FirstOctets / 256), 7], Port);

    private static PeerEndPoint IPv6(int number)
    {
        Span<byte> address = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(address, FirstIPv6 + (uint)number);
        address[^1] = 1;
        return new PeerEndPoint(address, Port);
    }
}
