using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kademlia.Routing;

/// <summary>Writes contacts in the order of their distance to a target, without a branch that depends on the ids.</summary>
/// <remarks>
/// The place of a contact is the number of contacts that are closer. All pairs of heads are compared, many at once;
/// for the size of a bucket that is faster than any sort that decides as it goes. Equal heads show in the sum of the
/// places, which then is less than 0 + 1 + ... + (n - 1); then whole distances are compared instead.
/// </remarks>
internal static class DistanceOrder
{
    private const int Padding = 16;
    private const uint SignBit = 0x8000_0000;

    /// <summary>The length that an array of heads needs so that whole vectors can be read.</summary>
    public static int PaddedLength(int count) => (count + Padding - 1) & -Padding;

    /// <summary>Writes the closest of the contacts, as many as there is room for, the closest first.</summary>
    [SkipLocalsInit]
    public static void Write(
        ReadOnlySpan<uint> heads, uint targetHead, ReadOnlySpan<TableEntry> entries, NodeId target, Span<Contact> destination)
    {
        Span<int> places = stackalloc int[PaddedLength(entries.Length)];
        Span<int> order = stackalloc int[entries.Length];
        Rank(heads, targetHead, entries.Length, places);
        int sum = 0;
        for (int i = 0; i < order.Length; i++)
        {
            order[places[i]] = i;
            sum += places[i];
        }

        if (sum != order.Length * (order.Length - 1) / 2)
        {
            OrderByWholeDistance(entries, target, order);
        }

        for (int i = 0; i < order.Length && i < destination.Length; i++)
        {
            destination[i] = entries[order[i]].Contact;
        }
    }

    /// <summary>Counts, for each of the first heads, how many of them are closer to the target's head.</summary>
    public static void Rank(ReadOnlySpan<uint> heads, uint targetHead, int count, Span<int> places)
    {
        if (Vector.IsHardwareAccelerated && Vector<int>.Count <= Padding)
        {
            RankByVector(heads, targetHead, count, places);
        }
        else
        {
            RankByScalar(heads, targetHead, count, places);
        }
    }

    /// <summary>As <see cref="Rank"/>, many at once. The spans are padded.</summary>
    [SkipLocalsInit]
    public static void RankByVector(ReadOnlySpan<uint> heads, uint targetHead, int count, Span<int> places)
    {
        // Vectors compare signed numbers; with the sign bit turned the order is that of unsigned ones.
        Span<int> distances = stackalloc int[PaddedLength(count)];
        Vector<int> turn = new((int)(targetHead ^ SignBit));
        ref int head = ref Unsafe.As<uint, int>(ref MemoryMarshal.GetReference(heads));
        for (int i = 0; i < count; i += Vector<int>.Count)
        {
            (Vector.LoadUnsafe(ref head, (nuint)i) ^ turn).CopyTo(distances[i..]);
        }

        for (int i = 0; i < count; i += Vector<int>.Count)
        {
            Vector<int> own = new(distances[i..]);
            Vector<int> closer = Vector<int>.Zero;
            for (int j = 0; j < count; j++)
            {
                closer -= Vector.LessThan(new Vector<int>(distances[j]), own);
            }

            closer.CopyTo(places[i..]);
        }
    }

    /// <summary>As <see cref="Rank"/>, one by one.</summary>
    public static void RankByScalar(ReadOnlySpan<uint> heads, uint targetHead, int count, Span<int> places)
    {
        for (int i = 0; i < count; i++)
        {
            int closer = 0;
            for (int j = 0; j < count; j++)
            {
                closer += (heads[j] ^ targetHead) < (heads[i] ^ targetHead) ? 1 : 0;
            }

            places[i] = closer;
        }
    }

    private static void OrderByWholeDistance(ReadOnlySpan<TableEntry> entries, NodeId target, Span<int> order)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            Distance own = entries[i].Contact.Id ^ target;
            int place = 0;
            foreach (ref readonly TableEntry other in entries)
            {
                place += (other.Contact.Id ^ target) < own ? 1 : 0;
            }

            order[place] = i;
        }
    }
}
