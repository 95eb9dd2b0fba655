namespace Kademlia.Records;

/// <summary>Remembers entries for a while, so that what was settled once is not gone through again at every comparison.</summary>
internal sealed class EntryMemory
{
    /// <summary>So many slots are remembered, the oldest forgotten first: a forgotten one costs one exchange more.</summary>
    public const int MaxSlots = 4096;

    /// <summary>How long an entry is remembered at least, unless there are too many.</summary>
    public const long Seconds = 3600;

    private readonly Dictionary<ulong, (long Sequence, long Until)> _slots = [];
    private readonly Queue<ulong> _byAge = new();

    /// <summary>Remembers an entry until a time.</summary>
    public void Add(DigestEntry entry, long untilSeconds)
    {
        if (!_slots.ContainsKey(entry.Slot))
        {
            ForgetDownTo(MaxSlots - 1);
            _byAge.Enqueue(entry.Slot);
        }

        _slots[entry.Slot] = (entry.Sequence, untilSeconds);
    }

    /// <summary>Whether an entry of the slot is remembered at this sequence or a higher one.</summary>
    public bool Contains(DigestEntry entry, long nowSeconds) =>
        _slots.TryGetValue(entry.Slot, out (long Sequence, long Until) known)
        && entry.Sequence <= known.Sequence
        && nowSeconds < known.Until;

    private void ForgetDownTo(int count)
    {
        while (_byAge.Count > count)
        {
            _slots.Remove(_byAge.Dequeue());
        }
    }
}
