using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kademlia;

/// <summary>A 256-bit identifier in the XOR metric space: of a node, or of the place where a record lives.</summary>
/// <remarks>
/// Big-endian: the first byte of the text and byte forms is the most significant.
/// Worlds with shorter ids use the top bits with the rest zero; the XOR order is the same.
/// Source: section 2.1 of the Kademlia paper (Maymounkov and Mazières, 2002).
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct NodeId : IComparable<NodeId>, ISpanParsable<NodeId>
{
    /// <summary>The length of an id in bytes.</summary>
    public const int ByteLength = 32;

    /// <summary>The length of an id in bits.</summary>
    public const int BitLength = 256;

    private const int TextLength = ByteLength * 2;

    /// <summary>Makes an id of four words, the most significant first.</summary>
    public NodeId(ulong word0, ulong word1, ulong word2, ulong word3)
    {
        Word0 = word0;
        Word1 = word1;
        Word2 = word2;
        Word3 = word3;
    }

    /// <summary>Reads an id from its 32 bytes, the most significant first.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NodeId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteLength)
        {
            ThrowWrongLength(bytes);
        }

        Word0 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        Word1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        Word2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        Word3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Bits 0 to 63, the most significant.</summary>
    public ulong Word0 { get; }

    /// <summary>Bits 64 to 127.</summary>
    public ulong Word1 { get; }

    /// <summary>Bits 128 to 191.</summary>
    public ulong Word2 { get; }

    /// <summary>Bits 192 to 255, the least significant.</summary>
    public ulong Word3 { get; }

    /// <summary>The distance between two ids: their bitwise exclusive or.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Distance operator ^(NodeId left, NodeId right) => new(
        left.Word0 ^ right.Word0,
        left.Word1 ^ right.Word1,
        left.Word2 ^ right.Word2,
        left.Word3 ^ right.Word3);

    /// <summary>Whether the left id is the smaller number.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left id is the greater number.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left id is not the greater number.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left id is not the smaller number.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;

    /// <summary>Draws an id uniformly from a generator.</summary>
    public static NodeId Random(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[ByteLength];
        random.NextBytes(bytes);
        return new NodeId(bytes);
    }

    /// <summary>Reads 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is not 64 hexadecimal digits.</exception>
    public static NodeId Parse(string s) => Parse(s.AsSpan(), null);

    /// <inheritdoc cref="Parse(string)"/>
    public static NodeId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out NodeId id)
            ? id
            : throw new FormatException($"A node id is {TextLength} hexadecimal digits; this is \"{s}\".");

    static NodeId IParsable<NodeId>.Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <summary>Reads 64 hexadecimal digits; false when the text is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out NodeId result) => TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out NodeId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out NodeId result)
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        bool valid = s.Length == TextLength
            && Convert.FromHexString(s, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        result = valid ? new NodeId(bytes) : default;
        return valid;
    }

    static bool IParsable<NodeId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NodeId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>How many leading bits two ids share: 0 to 256.</summary>
    public int CommonPrefixLength(NodeId other) => (this ^ other).LeadingZeroCount;

    /// <summary>Orders ids as 256-bit numbers. For the order of closeness to a target, compare distances.</summary>
    public int CompareTo(NodeId other) => (Word0 != other.Word0) ? Word0.CompareTo(other.Word0)
        : (Word1 != other.Word1) ? Word1.CompareTo(other.Word1)
        : (Word2 != other.Word2) ? Word2.CompareTo(other.Word2)
        : Word3.CompareTo(other.Word3);

    /// <summary>Writes the 32 bytes, the most significant first.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteTo(Span<byte> destination)
    {
        Span<byte> bytes = destination[..ByteLength];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Word0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Word1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], Word2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], Word3);
    }

    /// <summary>The 32 bytes as a new array, the most significant first.</summary>
    public byte[] ToByteArray()
    {
        byte[] bytes = new byte[ByteLength];
        WriteTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    /// <remarks>Two words are enough: ids are uniform hashes, and short ids differ in the first. The same in every process.</remarks>
    public override int GetHashCode() => Word0.GetHashCode() ^ (int)Word3;

    /// <summary>The id as 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{Word0:x16}{Word1:x16}{Word2:x16}{Word3:x16}";

    /// <summary>How many leading bits are zero, as asked for by <see cref="KademliaOptions.IdDifficulty"/> of a hash.</summary>
    internal int LeadingZeroCount => (this ^ default(NodeId)).LeadingZeroCount;

    [DoesNotReturn]
    private static void ThrowWrongLength(ReadOnlySpan<byte> bytes) =>
        throw new ArgumentException($"A node id has {ByteLength} bytes; these are {bytes.Length}.", nameof(bytes));
}
