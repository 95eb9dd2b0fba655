namespace Kademlia.Records;

/// <summary>What one address group, one writer, or all tombstones take up in a pool, and which of these records may leave.</summary>
internal sealed class PayerShelf(AddressGroup group)
{
    /// <summary>In <see cref="RecordEntry.EvictionOrder"/>. A record whose slot is being written is charged but not here.</summary>
    private readonly SortedSet<RecordEntry> _evictable = new(RecordEntry.EvictionOrder);

    /// <summary>The default value unless it is a group's.</summary>
    public AddressGroup Group { get; } = group;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Who leaves first, if anybody may.</summary>
    public RecordEntry? First { get; private set; }

    /// <summary>The largest first; of equals, the lesser prefix.</summary>
    public static IComparer<PayerShelf> LargestFirst { get; } = Comparer<PayerShelf>.Create((left, right) =>
    {
        int order = right.Bytes.CompareTo(left.Bytes);
        return order != 0 ? order : left.Group.Bits.CompareTo(right.Group.Bits);
    });

    /// <summary>By who of each would leave first; those of whom nobody may come last.</summary>
    public static IComparer<PayerShelf> FirstToLeaveFirst { get; } = Comparer<PayerShelf>.Create((left, right) =>
        left.First is null || right.First is null
            ? (left.First is null, left.Group.Bits).CompareTo((right.First is null, right.Group.Bits))
            : RecordEntry.EvictionOrder.Compare(left.First, right.First));

    public void Charge(RecordEntry entry)
    {
        Count++;
        Bytes += entry.Head.Size;
    }

    public void Refund(RecordEntry entry)
    {
        Count--;
        Bytes -= entry.Head.Size;
    }

    /// <summary>Whether an entry leaves first, or would.</summary>
    public bool IsFirst(RecordEntry entry) => First is null || RecordEntry.EvictionOrder.Compare(entry, First) <= 0;

    /// <summary>Lets a charged entry leave.</summary>
    public void Offer(RecordEntry entry)
    {
        First = IsFirst(entry) ? entry : First;
        _evictable.Add(entry);
    }

    /// <summary>Keeps an entry from leaving.</summary>
    public void Withdraw(RecordEntry entry)
    {
        _evictable.Remove(entry);
        First = ReferenceEquals(entry, First) ? _evictable.Min : First;
    }
}
