using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kademlia;

/// <summary>The XOR of two ids, read as a 256-bit number: how far apart they are.</summary>
/// <remarks>
/// The order of distances is the order of closeness. For a given id and distance there is exactly one other id,
/// so no two nodes are equally far from a target. Source: section 2.1 of the Kademlia paper.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct Distance : IComparable<Distance>
{
    /// <summary>Makes a distance of four words, the most significant first.</summary>
    public Distance(ulong word0, ulong word1, ulong word2, ulong word3)
    {
        Word0 = word0;
        Word1 = word1;
        Word2 = word2;
        Word3 = word3;
    }

    /// <summary>The distance between an id and itself.</summary>
    public static Distance Zero => default;

    /// <summary>The greatest distance there is.</summary>
    public static Distance MaxValue => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>Bits 0 to 63, the most significant.</summary>
    public ulong Word0 { get; }

    /// <summary>Bits 64 to 127.</summary>
    public ulong Word1 { get; }

    /// <summary>Bits 128 to 191.</summary>
    public ulong Word2 { get; }

    /// <summary>Bits 192 to 255, the least significant.</summary>
    public ulong Word3 { get; }

    /// <summary>How many leading bits are zero: 256 for <see cref="Zero"/>.</summary>
    public int LeadingZeroCount =>
        (Word0 != 0) ? BitOperations.LeadingZeroCount(Word0)
        : (Word1 != 0) ? 64 + BitOperations.LeadingZeroCount(Word1)
        : (Word2 != 0) ? 128 + BitOperations.LeadingZeroCount(Word2)
        : 192 + BitOperations.LeadingZeroCount(Word3);

    /// <summary>The base-2 logarithm rounded down, from 0 to 255; -1 for <see cref="Zero"/>.</summary>
    public int Log2 => NodeId.BitLength - 1 - LeadingZeroCount;

    /// <summary>Whether the left distance is the shorter.</summary>
    /// <remarks>Asks first whether the words differ, which they nearly always do; which is the smaller, nobody could predict.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator <(Distance left, Distance right) =>
        left.Word0 != right.Word0 ? left.Word0 < right.Word0 : IsLowerTail(left, right);

    /// <summary>Whether the left distance is the longer.</summary>
    public static bool operator >(Distance left, Distance right) => right < left;

    /// <summary>Whether the left distance is not the longer.</summary>
    public static bool operator <=(Distance left, Distance right) => !(right < left);

    /// <summary>Whether the left distance is not the shorter.</summary>
    public static bool operator >=(Distance left, Distance right) => !(left < right);

    /// <summary>Orders distances, the shorter first.</summary>
    public int CompareTo(Distance other) => this < other ? -1 : other < this ? 1 : 0;

    /// <summary>The distance as 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{Word0:x16}{Word1:x16}{Word2:x16}{Word3:x16}";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsLowerTail(Distance left, Distance right) =>
        left.Word1 != right.Word1 ? left.Word1 < right.Word1
        : left.Word2 != right.Word2 ? left.Word2 < right.Word2
        : left.Word3 < right.Word3;
}
