using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kademlia.Transport;

/// <summary>Reads and writes endpoints in the bytes of a <see cref="SocketAddress"/>, in place.</summary>
/// <remarks>
/// The layouts of <c>sockaddr_in</c> and <c>sockaddr_in6</c>, the same on Windows, Linux and macOS but for the two bytes of the family,
/// which the framework writes. Port and address are in network order, the scope id in the machine's.
/// <code>
/// IPv4:  family 2 | port 2 | address 4 | zero 8
/// IPv6:  family 2 | port 2 | flow label 4 | address 16 | scope id 4
/// </code>
/// </remarks>
internal static class SocketAddressBytes
{
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv4Length = 4;
    private const int FlowOffset = 4;
    private const int IPv6Offset = 8;
    private const int IPv6Length = 16;
    private const int ScopeOffset = 24;

    /// <summary>The length of an address of a family, in bytes.</summary>
    public static int SizeOf(AddressFamily family) => family == AddressFamily.InterNetwork ? 16 : 28;

    /// <summary>Reads the endpoint; false when the bytes are too few, or hold an IPv4 address in an IPv6 one.</summary>
    /// <remarks>An IPv4-mapped source on an IPv6 socket is forged: believed, it would be answered through the other socket.</remarks>
    public static bool TryRead(SocketAddress address, AddressFamily family, out PeerEndPoint endPoint)
    {
        endPoint = default;
        if (address.Size < SizeOf(family))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = address.Buffer.Span;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]);
        endPoint = family == AddressFamily.InterNetwork
            ? new PeerEndPoint(bytes.Slice(IPv4Offset, IPv4Length), port)
            : new PeerEndPoint(bytes.Slice(IPv6Offset, IPv6Length), port);
        return endPoint.AddressFamily == family;
    }

    /// <summary>Writes an endpoint of the address's family over it.</summary>
    public static void Write(SocketAddress address, PeerEndPoint endPoint, uint scopeId)
    {
        Span<byte> bytes = address.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], (ushort)endPoint.Port);
        if (endPoint.IsIPv4)
        {
            endPoint.WriteAddress(bytes[IPv4Offset..]);
            return;
        }

        bytes.Slice(FlowOffset, sizeof(uint)).Clear();
        endPoint.WriteAddress(bytes[IPv6Offset..]);
        MemoryMarshal.Write(bytes[ScopeOffset..], scopeId);
    }

    /// <summary>Reads the interface that an IPv6 address belongs to; 0 unless it is link-local.</summary>
    public static uint ReadScopeId(SocketAddress address) => MemoryMarshal.Read<uint>(address.Buffer.Span[ScopeOffset..]);
}
