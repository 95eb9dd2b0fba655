using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Kademlia.Records;

/// <summary>Stands for a record when holders compare what they have: 20 bytes. PROTOCOL.md, section 4.9.</summary>
/// <param name="Slot">The first bytes of a hash of kind, key and writer.</param>
/// <param name="Sequence">The record's version.</param>
/// <param name="Mark">The first bytes of a hash of all that places the record in the total order; content is the same whatever its expiry.</param>
internal readonly record struct DigestEntry(ulong Slot, long Sequence, uint Mark)
{
    /// <summary>The length of an entry in bytes.</summary>
    public const int Length = 20;

    private const int SlotLength = 1 + (2 * NodeId.ByteLength);
    private const int MarkLength = (2 * sizeof(long)) + 1 + NodeId.ByteLength;

    /// <summary>The entry of a record.</summary>
    public static DigestEntry Of(in RecordHead head) => new(SlotOf(head), head.Sequence, MarkOf(head));

    /// <summary>Reads an entry from its 20 bytes.</summary>
    public static DigestEntry Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));

    /// <summary>Writes the 20 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, Slot);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Mark);
    }

    private static ulong SlotOf(in RecordHead head)
    {
        Span<byte> bytes = stackalloc byte[SlotLength];
        bytes[0] = (byte)head.Kind;
        head.Key.Hash.WriteTo(bytes[1..]);
        head.Writer.WriteTo(bytes[(1 + NodeId.ByteLength)..]);
        return FirstWordOfHash(bytes);
    }

    private static uint MarkOf(in RecordHead head)
    {
        Span<byte> bytes = stackalloc byte[MarkLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, head.Sequence);
        bytes[8] = head.IsTombstone ? (byte)1 : (byte)0;
        head.ValueHash.WriteTo(bytes[9..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(9 + NodeId.ByteLength)..], head.Kind == RecordKind.Content ? 0 : head.ExpirySeconds);
        return (uint)(FirstWordOfHash(bytes) >> 32);
    }

    private static ulong FirstWordOfHash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
