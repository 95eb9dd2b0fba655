namespace Kademlia.Simulation.Running;

/// <summary>All that is to happen, the earliest first; what happens at one instant, in the order in which it was added.</summary>
/// <remarks>A heap of four children each: keys lie beside each other, so a level costs one cache line or two.</remarks>
internal sealed class EventHeap
{
    private const int Children = 4;

    private Entry[] _entries = new Entry[1024];
    private long _order;

    public int Count { get; private set; }

    /// <summary>When the earliest is due, in ticks; the end of time when there is none.</summary>
    public long NextDue => Count > 0 ? _entries[0].Due : long.MaxValue;

    public void Add(long due, VirtualEvent happening)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * Count);
        }

        Entry entry = new(due, _order++, happening);
        int hole = Count++;
        while (hole > 0 && entry.IsBefore(_entries[(hole - 1) / Children]))
        {
            _entries[hole] = _entries[(hole - 1) / Children];
            hole = (hole - 1) / Children;
        }

        _entries[hole] = entry;
    }

    /// <summary>Takes the earliest out. There must be one.</summary>
    public VirtualEvent Take()
    {
        VirtualEvent earliest = _entries[0].Happening;
        Entry last = _entries[--Count];
        _entries[Count] = default;
        if (Count > 0)
        {
            Sink(last);
        }

        return earliest;
    }

    private void Sink(in Entry entry)
    {
        int hole = 0;
        while (EarliestChild(hole) is int child && child < Count && _entries[child].IsBefore(entry))
        {
            _entries[hole] = _entries[child];
            hole = child;
        }

        _entries[hole] = entry;
    }

    private int EarliestChild(int parent)
    {
        int earliest = (Children * parent) + 1;
        int end = Math.Min(earliest + Children, Count);
        for (int child = earliest + 1; child < end; child++)
        {
            if (_entries[child].IsBefore(_entries[earliest]))
            {
                earliest = child;
            }
        }

        return earliest;
    }

    private readonly record struct Entry(long Due, long Order, VirtualEvent Happening)
    {
        public bool IsBefore(in Entry other) => Due < other.Due || (Due == other.Due && Order < other.Order);
    }
}
