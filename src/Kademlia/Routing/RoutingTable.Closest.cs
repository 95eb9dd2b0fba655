namespace Kademlia.Routing;

// The hot path. No distance is ever compared across buckets: which bucket is closer to a target follows from the bits
// in which the target differs from us. Those of the target's own bucket share more bits with the target than all
// others. Those of deeper buckets share as many with it as we do; seen from the target, bucket j is closer than all
// deeper ones where the target differs from us in bit j, and farther where it does not. What shares fewer bits comes last.
public sealed partial class RoutingTable
{
    /// <summary>Finds the contacts closest to a target.</summary>
    /// <param name="target">Any id.</param>
    /// <param name="destination">Takes the contacts, the closest first.</param>
    /// <returns>How many were written: as many as there is room for, or all that there are.</returns>
    public int FindClosest(NodeId target, Span<Contact> destination)
    {
        Distance difference = Self ^ target;
        int last = BucketCount - 1;
        int home = Math.Min(difference.LeadingZeroCount, last);
        int written = _buckets[home].Contacts.CopyClosest(target, destination);
        if (written < destination.Length && home < last)
        {
            written = CopyDeeper(home + 1, difference, target, destination, written);
        }

        for (int i = home - 1; i >= 0 && written < destination.Length; i--)
        {
            written += CopyBucket(i, target, destination[written..]);
        }

        return written;
    }

    /// <summary>Counts the contacts that are closer to a target than the table's own id is, and answered what they were asked last.</summary>
    internal int CountCloser(NodeId target)
    {
        Distance difference = Self ^ target;
        int last = BucketCount - 1;
        int count = 0;
        for (int i = Math.Min(difference.LeadingZeroCount, last); i < last; i++)
        {
            count += HasBit(difference, i) ? Count(_buckets[i].Contacts.Entries, Distance.MaxValue) : 0;
        }

        return count + Count(_buckets[last].Contacts.Entries, difference);

        int Count(ReadOnlySpan<TableEntry> entries, Distance within)
        {
            int closer = 0;
            foreach (ref readonly TableEntry entry in entries)
            {
                closer += entry.Failures == 0 && (entry.Contact.Id ^ target) < within ? 1 : 0;
            }

            return closer;
        }
    }

    private int CopyDeeper(int first, Distance difference, NodeId target, Span<Contact> destination, int written)
    {
        int last = BucketCount - 1;
        for (int i = first; i < last && written < destination.Length; i++)
        {
            written += HasBit(difference, i) ? CopyBucket(i, target, destination[written..]) : 0;
        }

        written += CopyBucket(last, target, destination[written..]);
        for (int i = last - 1; i >= first && written < destination.Length; i--)
        {
            written += HasBit(difference, i) ? 0 : CopyBucket(i, target, destination[written..]);
        }

        return written;
    }

    private int CopyBucket(int index, NodeId target, Span<Contact> destination) =>
        _buckets[index].Contacts.CopyClosest(target, destination);

    private static bool HasBit(Distance distance, int index)
    {
        ulong word = (index >> 6) switch
        {
            0 => distance.Word0,
            1 => distance.Word1,
            2 => distance.Word2,
            _ => distance.Word3,
        };
        return ((word << (index & 63)) >> 63) != 0;
    }
}
