using System.Buffers.Binary;
using System.Security.Cryptography;
using Kademlia.Admission;
using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Sums, hashes and writes the entries of digests. PROTOCOL.md, section 4.9.</summary>
internal static class Digests
{
    /// <summary>A number that two sets of entries share only if they are the same: keyed, so that nobody prepares entries that cancel out.</summary>
    public static ulong Sum(IReadOnlyList<DigestEntry> entries, ulong transaction)
    {
        ulong key = BinaryPrimitives.ReverseEndianness(transaction);
        Span<byte> bytes = stackalloc byte[DigestEntry.Length];
        ulong sum = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            entries[i].WriteTo(bytes);
            sum += SipHash.Hash(key, key, bytes);
        }

        return sum;
    }

    /// <summary>What stands for all that is held under a key, in the order of the writers. PROTOCOL.md, section 4.11.</summary>
    public static ulong StateOf(IReadOnlyList<DigestEntry> entries) => entries.Count == 0
        ? 0
        : BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Write(entries, new byte[entries.Count * DigestEntry.Length])));

    /// <summary>Writes entries one behind the other.</summary>
    public static ReadOnlySpan<byte> Write(IReadOnlyList<DigestEntry> entries, Span<byte> destination)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            entries[i].WriteTo(destination[(i * DigestEntry.Length)..]);
        }

        return destination[..(entries.Count * DigestEntry.Length)];
    }
}
