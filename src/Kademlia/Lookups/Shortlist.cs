using System.Diagnostics;

namespace Kademlia.Lookups;

/// <summary>The candidates of a lookup, in the order of their distance to the target, in arrays that never grow.</summary>
/// <remarks>
/// A candidate stays in its slot, so that others can refer to it; only the order moves.
/// Candidates of one id stand in the order in which they came.
/// </remarks>
[DebuggerDisplay("Count = {Count}")]
internal sealed class Shortlist
{
    private readonly NodeId _target;
    private readonly Candidate[] _candidates;

    // The slots in use, closest first, and behind them those that are free.
    private readonly short[] _slots;

    // The first words of the distances, in the same order: a search touches these and hardly a candidate.
    private readonly ulong[] _firstWords;

    public Shortlist(NodeId target, int capacity)
    {
        _target = target;
        _candidates = GC.AllocateUninitializedArray<Candidate>(capacity);
        _firstWords = new ulong[capacity];
        _slots = new short[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _slots[i] = (short)i;
        }
    }

    public int Count { get; private set; }

    public bool IsFull => Count == _slots.Length;

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

    /// <summary>Adds a candidate behind those of its id. There must be room, and it must not be there yet.</summary>
    public void Add(in Candidate candidate)
    {
        Debug.Assert(!IsFull);
        short slot = _slots[Count];
        _candidates[slot] = candidate;
        int rank = FirstRankNotBefore(candidate.Contact.Id ^ _target);
        while (rank < Count && _candidates[_slots[rank]].Contact.Id == candidate.Contact.Id)
        {
            rank++;
        }

        _slots.AsSpan(rank, Count - rank).CopyTo(_slots.AsSpan(rank + 1));
        _firstWords.AsSpan(rank, Count - rank).CopyTo(_firstWords.AsSpan(rank + 1));
        _slots[rank] = slot;
        _firstWords[rank] = DistanceOf(slot).Word0;
        Count++;
    }

    /// <summary>Removes the candidate at a place in the order, and frees its slot.</summary>
    public void RemoveAt(int rank)
    {
        short slot = _slots[rank];
        Count--;
        _slots.AsSpan(rank + 1, Count - rank).CopyTo(_slots.AsSpan(rank));
        _firstWords.AsSpan(rank + 1, Count - rank).CopyTo(_firstWords.AsSpan(rank));
        _slots[Count] = slot;
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
