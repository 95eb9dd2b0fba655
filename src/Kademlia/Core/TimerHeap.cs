namespace Kademlia.Core;

/// <summary>Something that happens at a time, at most once for each time it is scheduled.</summary>
internal abstract class CoreTimer
{
    internal const int NotScheduled = -1;

    /// <summary>When it is due; meaningful while it is scheduled.</summary>
    public TimeSpan Due { get; internal set; }

    public bool IsScheduled => HeapIndex != NotScheduled;

    internal int HeapIndex { get; set; } = NotScheduled;

    internal long Order { get; set; }

    /// <summary>Called when it is due; it is no longer scheduled then.</summary>
    public abstract void OnDue(TimeSpan now);
}

/// <summary>The core's deadlines, the earliest first; those of one instant in the order in which they were scheduled.</summary>
internal sealed class TimerHeap
{
    private readonly List<CoreTimer> _timers = [];
    private long _order;

    public int Count => _timers.Count;

    /// <summary>When the earliest is due, or null.</summary>
    public TimeSpan? Next => _timers.Count == 0 ? null : _timers[0].Due;

    /// <summary>Schedules a timer, or moves one that is scheduled.</summary>
    public void Schedule(CoreTimer timer, TimeSpan due)
    {
        Cancel(timer);
        timer.Due = due;
        timer.Order = _order++;
        timer.HeapIndex = _timers.Count;
        _timers.Add(timer);
        SiftUp(timer.HeapIndex);
    }

    /// <summary>Checks what must hold between any two calls.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    public void AssertInvariants()
    {
        for (int i = 0; i < _timers.Count; i++)
        {
            Invariant.Require(_timers[i].HeapIndex == i, "Every timer knows its place.");
            Invariant.Require(i == 0 || !IsEarlier(_timers[i], _timers[(i - 1) / 2]), "No timer stands behind a later one.");
        }
    }

    /// <summary>Takes a timer out; one that is not scheduled is left alone.</summary>
    public void Cancel(CoreTimer timer)
    {
        if (!timer.IsScheduled)
        {
            return;
        }

        int hole = timer.HeapIndex;
        CoreTimer last = _timers[^1];
        _timers.RemoveAt(_timers.Count - 1);
        timer.HeapIndex = CoreTimer.NotScheduled;
        if (!ReferenceEquals(last, timer))
        {
            Place(last, hole);
            SiftUp(hole);
            SiftDown(last.HeapIndex);
        }
    }

    /// <summary>Takes the earliest out if it is due.</summary>
    public bool TryTakeDue(TimeSpan now, out CoreTimer timer)
    {
        bool due = _timers.Count > 0 && _timers[0].Due <= now;
        timer = due ? _timers[0] : null!;
        if (due)
        {
            Cancel(timer);
        }

        return due;
    }

    private static bool IsEarlier(CoreTimer left, CoreTimer right) =>
        left.Due < right.Due || (left.Due == right.Due && left.Order < right.Order);

    private void Place(CoreTimer timer, int index)
    {
        _timers[index] = timer;
        timer.HeapIndex = index;
    }

    private void SiftUp(int index)
    {
        CoreTimer timer = _timers[index];
        while (index > 0 && IsEarlier(timer, _timers[(index - 1) / 2]))
        {
            Place(_timers[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }

        Place(timer, index);
    }

    private void SiftDown(int index)
    {
        CoreTimer timer = _timers[index];
        while (EarlierChild(index) is int child && child < _timers.Count && IsEarlier(_timers[child], timer))
        {
            Place(_timers[child], index);
            index = child;
        }

        Place(timer, index);
    }

    private int EarlierChild(int index)
    {
        int left = (2 * index) + 1;
        return left + 1 < _timers.Count && IsEarlier(_timers[left + 1], _timers[left]) ? left + 1 : left;
    }
}
