using System.Diagnostics;

namespace Kademlia.Lookups;

/// <summary>The candidates of a lookup, in the order of their distance to the target.</summary>
/// <remarks>
/// A candidate stays in its slot, so that others can refer to it; only the order moves.
/// Candidates of one id stand in the order in which they came.
/// </remarks>
[DebuggerDisplay("Count = {Count}")]
internal sealed class Shortlist
{
    /// <summary>More than a walk without failures comes to know.</summary>
    public const int InitialCapacity = 128;

    private readonly NodeId _target;
    private readonly int _capacity;
    private Candidate[] _candidates = [];

    // The slots in use, closest first, and behind them those that are free.
    private short[] _slots = [];

    // The first words of the distances, in the same order: a search touches these and hardly a candidate.
    private ulong[] _firstWords = [];

    // What tells most endpoints apart, in the same order.
    private uint[] _marks = [];

    public Shortlist(NodeId target, int capacity)
    {
        _target = target;
        _capacity = capacity;
        Grow(Math.Min(InitialCapacity, capacity));
    }

    public int Count { get; private set; }

    public bool IsFull => Count == _capacity;

    /// <summary>The slots in use, closest first.</summary>
    public ReadOnlySpan<short> Slots => _slots.AsSpan(0, Count);

    public ref Candidate this[int slot] => ref _candidates[slot];

    public Distance DistanceOf(int slot) => _candidates[slot].Contact.Id ^ _target;

    /// <summary>The slot of a contact, with this id at this endpoint; -1 when it is not there.</summary>
    public int Find(Contact contact)
    {
        for (int rank = FirstRankNotBefore(contact.Id ^ _target); rank < Count; rank++)
        {
            ref Candidate candidate = ref _candidates[_slots[rank]];
            if (candidate.Contact.Id != contact.Id)
            {
                break;
            }

            if (candidate.Contact.EndPoint == contact.EndPoint)
            {
                return _slots[rank];
            }
        }

        return -1;
    }

    /// <summary>The rank before another of the next candidate that <see cref="Candidate.Contradicts"/> a contact; -1 when there is none.</summary>
    public int FindRivalBefore(int rank, Contact contact)
    {
        ulong firstWord = (contact.Id ^ _target).Word0;
        uint mark = MarkOf(contact.EndPoint);
        do
        {
            rank--;
        }
        while (rank >= 0
            && !((_firstWords[rank] == firstWord || _marks[rank] == mark) && _candidates[_slots[rank]].Contradicts(contact)));

        return rank;
    }

    /// <summary>Adds a candidate behind those of its id. There must be room, and it must not be there yet.</summary>
    public void Add(in Candidate candidate)
    {
        Debug.Assert(!IsFull);
        if (Count == _slots.Length)
        {
            Grow(Math.Min(2 * Count, _capacity));
        }

        short slot = _slots[Count];
        _candidates[slot] = candidate;
        int rank = FirstRankNotBefore(candidate.Contact.Id ^ _target);
        while (rank < Count && _candidates[_slots[rank]].Contact.Id == candidate.Contact.Id)
        {
            rank++;
        }

        _slots.AsSpan(rank, Count - rank).CopyTo(_slots.AsSpan(rank + 1));
        _firstWords.AsSpan(rank, Count - rank).CopyTo(_firstWords.AsSpan(rank + 1));
        _marks.AsSpan(rank, Count - rank).CopyTo(_marks.AsSpan(rank + 1));
        _slots[rank] = slot;
        _firstWords[rank] = DistanceOf(slot).Word0;
        _marks[rank] = MarkOf(candidate.Contact.EndPoint);
        Count++;
    }

    /// <summary>Removes the candidate at a place in the order, and frees its slot.</summary>
    public void RemoveAt(int rank)
    {
        short slot = _slots[rank];
        Count--;
        _slots.AsSpan(rank + 1, Count - rank).CopyTo(_slots.AsSpan(rank));
        _firstWords.AsSpan(rank + 1, Count - rank).CopyTo(_firstWords.AsSpan(rank));
        _marks.AsSpan(rank + 1, Count - rank).CopyTo(_marks.AsSpan(rank));
        _slots[Count] = slot;
    }

    private static uint MarkOf(PeerEndPoint endPoint) => (uint)endPoint.Low ^ ((uint)endPoint.Port << 16);

    private void Grow(int capacity)
    {
        int old = _slots.Length;
        Array.Resize(ref _candidates, capacity);
        Array.Resize(ref _slots, capacity);
        Array.Resize(ref _firstWords, capacity);
        Array.Resize(ref _marks, capacity);
        for (int i = old; i < capacity; i++)
        {
            _slots[i] = (short)i;
        }
    }

    private int FirstRankNotBefore(Distance distance)
    {
        int rank = FirstRankNotBefore(distance.Word0);
        while (rank < Count && DistanceOf(_slots[rank]) < distance)
        {
            rank++;
        }

        return rank;
    }

    private int FirstRankNotBefore(ulong firstWord)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            bool isBefore = _firstWords[middle] < firstWord;
            low = isBefore ? middle + 1 : low;
            high = isBefore ? high : middle;
        }

        return low;
    }
}
