using System.Runtime.InteropServices;

namespace Kademlia.Admission;

/// <summary>Hashes address groups under a secret, so that nobody outside can choose whose bucket is shared with whose.</summary>
internal readonly struct GroupHash(Random random)
{
    private readonly ulong _key0 = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
    private readonly ulong _key1 = (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>The hash of an endpoint's address group.</summary>
    public ulong Of(PeerEndPoint endPoint)
    {
        ulong bits = AddressGroup.Of(endPoint).Bits;
        bits = BitConverter.IsLittleEndian ? bits : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits);
        return SipHash.Hash(_key0, _key1, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits)));
    }
}
