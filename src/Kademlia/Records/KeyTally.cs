namespace Kademlia.Records;

/// <summary>Adds up the slots under one key by address group. Own records are free.</summary>
internal sealed class KeyTally
{
    private readonly Dictionary<AddressGroup, long> _bytes = [];
    private long _largestBytes;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The group with the most bytes; of equals, the one with the lesser prefix.</summary>
    public AddressGroup Largest { get; private set; }

    /// <summary>Counts a slot once, at the larger of what it holds and what is about to replace it; a stranger's that ours is about to replace, as it is.</summary>
    public void Add(RecordEntry entry, RecordEntry? replaced)
    {
        if (!entry.IsOwn)
        {
            Charge(entry, replaced);
        }
        else if (replaced is { IsOwn: false })
        {
            Charge(replaced, null);
        }
    }

    private void Charge(RecordEntry entry, RecordEntry? replaced)
    {
        int size = Math.Max(entry.Head.Size, replaced?.Head.Size ?? 0);
        long group = _bytes.GetValueOrDefault(entry.Source) + size;
        _bytes[entry.Source] = group;
        Count++;
        Bytes += size;
        if (group > _largestBytes || (group == _largestBytes && entry.Source.Bits < Largest.Bits))
        {
            (Largest, _largestBytes) = (entry.Source, group);
        }
    }
}
