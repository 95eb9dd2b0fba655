using System.Buffers.Binary;
using System.Security.Cryptography;
using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Sums, hashes and writes the entries of digests. PROTOCOL.md, section 4.9.</summary>
internal static class Digests
{
    /// <summary>A number that two sets of entries share only if they are the same: keyed, so that nobody prepares entries that cancel out.</summary>
    public static ulong Sum(IReadOnlyList<DigestEntry> entries, ulong transaction)
    {
        ulong sum = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            sum += HashOf(entries[i], transaction);
        }

        return sum;
    }

    /// <summary>Writes four bytes for each entry, which tell of those that somebody holds, but for chance, which they are.</summary>
    public static ReadOnlySpan<byte> Sketch(IReadOnlyList<DigestEntry> entries, ulong transaction, Span<byte> destination)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(i * DigestRequest.SketchedLength)..], (uint)HashOf(entries[i], transaction));
        }

        return destination[..(entries.Count * DigestRequest.SketchedLength)];
    }

    /// <summary>Writes a bit for each record of a sketch that none of some entries has the four bytes of.</summary>
    public static ReadOnlySpan<byte> Lacked(ReadOnlySpan<byte> sketch, IEnumerable<DigestEntry> held, ulong transaction, Span<byte> destination)
    {
        int count = sketch.Length / DigestRequest.SketchedLength;
        Dictionary<uint, int> places = new(count);
        Span<byte> lacked = destination[..((count + 7) / 8)];
        lacked.Clear();
        for (int i = 0; i < count; i++)
        {
            places[BinaryPrimitives.ReadUInt32BigEndian(sketch[(i * DigestRequest.SketchedLength)..])] = i;
            lacked[i / 8] |= (byte)(1 << (i % 8));
        }

        foreach (DigestEntry entry in held)
        {
            if (places.TryGetValue((uint)HashOf(entry, transaction), out int place))
            {
                lacked[place / 8] &= (byte)~(1 << (place % 8));
            }
        }

        return lacked;
    }

    /// <summary>What stands for all that is held under a key, in the order of the writers. PROTOCOL.md, section 4.11.</summary>
    public static ulong StateOf(IReadOnlyList<DigestEntry> entries) => entries.Count == 0
        ? 0
        : BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Write(entries, new byte[entries.Count * DigestEntry.Length])));

    private static ulong HashOf(DigestEntry entry, ulong transaction)
    {
        Span<byte> bytes = stackalloc byte[DigestEntry.Length];
        entry.WriteTo(bytes);
        return SipHash.Hash(transaction, bytes);
    }

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
