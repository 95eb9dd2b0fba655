namespace Kademlia.Records;

/// <summary>Holds strangers' records to the limits of the whole and of each address group, and says who pays.</summary>
/// <remarks>
/// A group over its own limit pays itself; when the whole is over, the group with the most bytes pays, the incoming record
/// counted. So whoever fills a node pushes out their own records first, and a newcomer from a quiet network finds room.
/// The payer loses its first record in <see cref="RecordEntry.EvictionOrder"/>; if that is the incoming one, it is turned away.
/// </remarks>
internal sealed class RecordQuota(RecordLimits limits)
{
    private readonly Dictionary<AddressGroup, GroupShelf> _groups = [];
    private readonly SortedSet<GroupShelf> _largestFirst = new(GroupShelf.LargestFirst);

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Counts an entry, held or pending. Own entries are free.</summary>
    public void Charge(RecordEntry entry)
    {
        if (!entry.IsOwn)
        {
            GroupShelf shelf = Unrank(entry.Source) ?? new GroupShelf(entry.Source);
            shelf.Charge(entry.Head.Size);
            Rank(shelf);
            Count++;
            Bytes += entry.Head.Size;
        }
    }

    /// <summary>Takes back what <see cref="Charge"/> counted.</summary>
    public void Refund(RecordEntry entry)
    {
        if (!entry.IsOwn && Unrank(entry.Source) is { } shelf)
        {
            shelf.Refund(entry.Head.Size);
            Rank(shelf);
            Count--;
            Bytes -= entry.Head.Size;
        }
    }

    /// <summary>Lets a charged entry be evicted.</summary>
    public void Offer(RecordEntry entry)
    {
        if (!entry.IsOwn)
        {
            _groups[entry.Source].Evictable.Add(entry);
        }
    }

    /// <summary>Keeps an entry from being evicted.</summary>
    public void Withdraw(RecordEntry entry)
    {
        if (!entry.IsOwn && _groups.TryGetValue(entry.Source, out GroupShelf? shelf))
        {
            shelf.Evictable.Remove(entry);
        }
    }

    /// <summary>Who must go so that a charged entry may stay: null when nobody must, the entry itself when there is no room for it.</summary>
    public RecordEntry? NextVictim(RecordEntry incoming)
    {
        GroupShelf own = _groups[incoming.Source];
        bool ownIsOver = own.Count > limits.MaxRecordsPerGroup || own.Bytes > limits.MaxBytesPerGroup;
        bool isOver = Count > limits.MaxRecords || Bytes > limits.MaxBytes;
        GroupShelf? payer = ownIsOver ? own : isOver ? _largestFirst.Min : null;
        return payer is null ? null
            : payer.Evictable.Min is not { } first ? incoming
            : payer == own && RecordEntry.EvictionOrder.Compare(incoming, first) < 0 ? incoming
            : first;
    }

    private GroupShelf? Unrank(AddressGroup group)
    {
        if (_groups.TryGetValue(group, out GroupShelf? shelf))
        {
            _largestFirst.Remove(shelf);
        }

        return shelf;
    }

    private void Rank(GroupShelf shelf)
    {
        if (shelf.Count == 0)
        {
            _groups.Remove(shelf.Group);
            return;
        }

        _groups[shelf.Group] = shelf;
        _largestFirst.Add(shelf);
    }
}
