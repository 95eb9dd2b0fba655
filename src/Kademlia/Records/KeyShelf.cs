using System.Runtime.InteropServices;

namespace Kademlia.Records;

/// <summary>All slots under one key: one of an owner or content key, one for each writer of an open key.</summary>
internal sealed class KeyShelf(RecordKey key, Distance distance)
{
    private readonly List<RecordEntry> _held = new(1);
    private readonly List<RecordEntry> _pending = [];

    public RecordKey Key { get; } = key;

    /// <summary>The closest key to this node first.</summary>
    public static IComparer<KeyShelf> ClosestFirst { get; } = Comparer<KeyShelf>.Create((left, right) =>
    {
        int order = left.Distance.CompareTo(right.Distance);
        return order != 0 ? order : left.Key.Kind.CompareTo(right.Key.Kind);
    });

    public Distance Distance { get; } = distance;

    public bool IsEmpty => _held.Count == 0 && _pending.Count == 0;

    /// <summary>Ordered by writer. Valid until the shelf changes.</summary>
    public ReadOnlySpan<RecordEntry> Held => CollectionsMarshal.AsSpan(_held);

    /// <summary>Entries whose write is pending, in the order of their reservations.</summary>
    public ReadOnlySpan<RecordEntry> Pending => CollectionsMarshal.AsSpan(_pending);

    public RecordEntry? Find(NodeId writer)
    {
        int index = IndexOf(writer);
        return index >= 0 ? _held[index] : null;
    }

    public RecordEntry? FindPending(NodeId writer)
    {
        foreach (RecordEntry entry in Pending)
        {
            if (entry.Writer == writer)
            {
                return entry;
            }
        }

        return null;
    }

    public void Add(RecordEntry entry) => _held.Insert(~IndexOf(entry.Writer), entry);

    public void Remove(RecordEntry entry) => _held.RemoveAt(IndexOf(entry.Writer));

    public void AddPending(RecordEntry entry) => _pending.Add(entry);

    public void RemovePending(RecordEntry entry) => _pending.Remove(entry);

    /// <summary>
    /// Who must go so that a pending entry of an open key may stay: null when nobody must, the entry itself when there is no room.
    /// The address group with the most bytes under the key pays, with the first of its records in <see cref="RecordEntry.EvictionOrder"/>.
    /// </summary>
    public RecordEntry? NextVictim(RecordEntry incoming, RecordLimits limits)
    {
        KeyTally tally = new();
        foreach (RecordEntry entry in Pending)
        {
            tally.Add(entry, Find(entry.Writer));
        }

        foreach (RecordEntry entry in Held)
        {
            if (FindPending(entry.Writer) is null)
            {
                tally.Add(entry, null);
            }
        }

        bool isOver = tally.Count > limits.MaxRecordsPerKey || tally.Bytes > limits.MaxBytesPerKey;
        return isOver ? FirstOf(tally.Largest, incoming) : null;
    }

    private RecordEntry FirstOf(AddressGroup payer, RecordEntry incoming)
    {
        RecordEntry? first = incoming.Source == payer ? incoming : null;
        foreach (RecordEntry entry in Held)
        {
            bool isCandidate = entry.Source == payer && !entry.IsOwn && FindPending(entry.Writer) is null;
            if (isCandidate && (first is null || RecordEntry.EvictionOrder.Compare(entry, first) < 0))
            {
                first = entry;
            }
        }

        return first ?? incoming;
    }

    private int IndexOf(NodeId writer)
    {
        int low = 0;
        int high = _held.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _held[middle].Writer.CompareTo(writer);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
