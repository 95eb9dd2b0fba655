using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Kademlia.Wire;

/// <summary>The eight bytes by which networks of different names keep apart.</summary>
internal static class NetworkTag
{
    /// <summary>The first 8 bytes of SHA-256("kademlia network" || name), as a big-endian number.</summary>
    public static ulong Of(string networkName)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. "kademlia network"u8, .. Encoding.UTF8.GetBytes(networkName)], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
