using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kademlia.Admission;

/// <summary>SipHash-2-4: a keyed hash for short inputs that cannot be predicted without the key.</summary>
/// <remarks>
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). It costs some 20 ns where
/// HMAC-SHA-256 costs 3 µs, which is why it guards what strangers can make a node compute.
/// </remarks>
internal static class SipHash
{
    private const int WordLength = sizeof(ulong);

    /// <summary>Hashes <paramref name="data"/> under a 16-byte key, given as its two little-endian halves.</summary>
    public static ulong Hash(ulong key0, ulong key1, ReadOnlySpan<byte> data)
    {
        State state = new(key0, key1);
        ulong length = (ulong)data.Length << 56;
        while (data.Length >= WordLength)
        {
            state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[WordLength..];
        }

        state.Absorb(length | ReadTail(data));
        return state.Finish();
    }

    /// <summary>Hashes under a request's transaction, twice, its bytes as they stand on the wire: whoever does not draw it cannot prepare what collides. PROTOCOL.md, section 4.9.</summary>
    public static ulong Hash(ulong transaction, ReadOnlySpan<byte> data)
    {
        ulong key = BinaryPrimitives.ReverseEndianness(transaction);
        return Hash(key, key, data);
    }

    private static ulong ReadTail(ReadOnlySpan<byte> tail)
    {
        ulong word = 0;
        for (int i = 0; i < tail.Length; i++)
        {
            word |= (ulong)tail[i] << (8 * i);
        }

        return word;
    }

    private struct State(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ 0x736f_6d65_7073_6575;
        private ulong _v1 = key1 ^ 0x646f_7261_6e64_6f6d;
        private ulong _v2 = key0 ^ 0x6c79_6765_6e65_7261;
        private ulong _v3 = key1 ^ 0x7465_6462_7974_6573;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Finish()
        {
            _v2 ^= 0xff;
            Round();
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
