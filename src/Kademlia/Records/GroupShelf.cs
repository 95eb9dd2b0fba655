namespace Kademlia.Records;

/// <summary>What one address group takes up, and which of its records may leave.</summary>
internal sealed class GroupShelf(AddressGroup group)
{
    public AddressGroup Group { get; } = group;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>In <see cref="RecordEntry.EvictionOrder"/>. A record whose slot is being written is charged but not here.</summary>
    public SortedSet<RecordEntry> Evictable { get; } = new(RecordEntry.EvictionOrder);

    /// <summary>The largest first; of equals, the lesser prefix.</summary>
    public static IComparer<GroupShelf> LargestFirst { get; } = Comparer<GroupShelf>.Create((left, right) =>
    {
        int order = right.Bytes.CompareTo(left.Bytes);
        return order != 0 ? order : left.Group.Bits.CompareTo(right.Group.Bits);
    });

    public void Charge(int size)
    {
        Count++;
        Bytes += size;
    }

    public void Refund(int size)
    {
        Count--;
        Bytes -= size;
    }
}
