using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Kademlia.Wire;

/// <summary>An endpoint in bytes.</summary>
/// <remarks>
/// <code>
/// address  4 or 16, network order
/// port     2, big-endian
/// </code>
/// An IPv4-mapped IPv6 address is malformed, so that an endpoint has one form.
/// </remarks>
internal static class EndPointFormat
{
    public const int IPv4Length = 4 + PortLength;
    public const int IPv6Length = 16 + PortLength;

    private const int PortLength = sizeof(ushort);

    public static int LengthOf(PeerEndPoint endPoint) => endPoint.IsIPv4 ? IPv4Length : IPv6Length;

    /// <summary>Writes an endpoint into exactly 6 or 18 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(PeerEndPoint endPoint, Span<byte> destination)
    {
        endPoint.WriteAddress(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[^PortLength..], (ushort)endPoint.Port);
    }

    /// <summary>Reads an endpoint from exactly 6 or 18 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PeerEndPoint endPoint)
    {
        endPoint = default;
        if (bytes.Length is not (IPv4Length or IPv6Length))
        {
            return false;
        }

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[^PortLength..]);
        endPoint = new PeerEndPoint(bytes[..^PortLength], port);
        return endPoint.IsIPv4 == (bytes.Length == IPv4Length);
    }

    public static bool TryRead(ref MessagePackReader reader, out PeerEndPoint endPoint)
    {
        endPoint = default;
        return reader.TryReadBinary(out ReadOnlySpan<byte> bytes) && TryRead(bytes, out endPoint);
    }

    public static void Write(ref MessagePackWriter writer, PeerEndPoint endPoint)
    {
        int length = LengthOf(endPoint);
        writer.WriteBinaryHeader(length);
        if (writer.TryReserve(length, out Span<byte> bytes))
        {
            Write(endPoint, bytes);
        }
    }
}
