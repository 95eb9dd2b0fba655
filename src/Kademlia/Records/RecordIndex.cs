using System.Diagnostics.CodeAnalysis;

namespace Kademlia.Records;

/// <summary>What this node stores, without the bytes: decides what is kept, replaced, evicted and dropped.</summary>
/// <remarks>
/// <para>A slot is a key and a writer, and holds one record. A write goes in three steps: <see cref="Judge"/> says whether the
/// record may take its slot and changes nothing; <see cref="TryReserve"/> makes room and reserves the slot; when the store has
/// written, <see cref="Commit"/> makes the record visible, or <see cref="Release"/> leaves everything as it was.
/// Judge and reserve in one go, with nothing between them, and compare-and-swap is exact.</para>
/// <para>While a slot is reserved (<see cref="FindPending"/>) it takes no other write. A stranger's store to it is left
/// unanswered: the stranger repeats it, and by then the slot is settled. Our own caller's write waits for the pending one.</para>
/// <para>An evicted or expired entry has left the index when it is handed out; the caller removes it from the store.
/// A reserved slot's record is not evicted, but may expire.</para>
/// </remarks>
internal sealed partial class RecordIndex(NodeId self, RecordLimits limits)
{
    /// <summary>The expected sequence of a store without a condition.</summary>
    public const long Unconditional = -1;

    private readonly Dictionary<RecordKey, KeyShelf> _shelves = [];
    private readonly Dictionary<ulong, RecordEntry> _bySlot = [];
    private readonly SortedSet<KeyShelf> _closestFirst = new(KeyShelf.ClosestFirst);
    private readonly SortedSet<RecordEntry> _soonestFirst = new(RecordEntry.ExpiryOrder);
    private readonly RecordQuota _quota = new(limits);

    /// <summary>How many records are held, our own among them.</summary>
    public int Count => _soonestFirst.Count;

    /// <summary>What all held records count for, our own among them.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many of strangers' records are held or pending: what <see cref="RecordLimits.MaxRecords"/> limits.</summary>
    public int StrangerCount => _quota.Count;

    /// <summary>What strangers' records, held and pending, count for: what <see cref="RecordLimits.MaxBytes"/> limits.</summary>
    public long StrangerBytes => _quota.Bytes;

    /// <summary>Every held entry, the key closest to this node first, then by writer. The index must not change meanwhile.</summary>
    public IEnumerable<RecordEntry> ClosestFirst
    {
        get
        {
            foreach (KeyShelf shelf in _closestFirst)
            {
                for (int i = 0; i < shelf.Held.Length; i++)
                {
                    yield return shelf.Held[i];
                }
            }
        }
    }

    /// <summary>The entry that is held in a slot.</summary>
    public RecordEntry? Find(RecordKey key, NodeId writer) => _shelves.GetValueOrDefault(key)?.Find(writer);

    /// <summary>Whether an entry of another holder stands for something that is not held, or is not known to be the lesser.</summary>
    public bool Lacks(DigestEntry offered) =>
        offered.Sequence >= 0
        && (!_bySlot.TryGetValue(offered.Slot, out RecordEntry? held)
            || offered.Sequence > held.Digest.Sequence
            || (offered.Sequence == held.Digest.Sequence && offered.Mark != held.Digest.Mark));

    /// <summary>The entry whose write into a slot is pending: the slot is reserved.</summary>
    public RecordEntry? FindPending(RecordKey key, NodeId writer) => _shelves.GetValueOrDefault(key)?.FindPending(writer);

    /// <summary>All held entries under a key, by writer. Valid until the index changes.</summary>
    public ReadOnlySpan<RecordEntry> Under(RecordKey key) =>
        _shelves.TryGetValue(key, out KeyShelf? shelf) ? shelf.Held : [];

    /// <summary>What a store of the record comes to, room apart. Changes nothing.</summary>
    /// <remarks>
    /// An identical record is stored, whatever was expected: the answer to an earlier store may have been lost.
    /// Content is always stored, for there is nothing to disagree on. Otherwise an unmet expectation is a conflict, a lesser
    /// sequence is older, and the loser among equal sequences is a conflict.
    /// </remarks>
    /// <param name="incoming">The record.</param>
    /// <param name="expectedSequence">The sequence that must be held now; 0 for an empty slot, <see cref="Unconditional"/> for any.</param>
    /// <returns>
    /// <see cref="StoreOutcome.Stored"/> when it is held (<see cref="IsHeld"/>) or may be reserved;
    /// <see cref="StoreOutcome.Older"/> or <see cref="StoreOutcome.Conflict"/> when it loses.
    /// </returns>
    public StoreOutcome Judge(in RecordHead incoming, long expectedSequence)
    {
        RecordEntry? held = Find(incoming.Key, incoming.Writer);
        if (incoming.Kind == RecordKind.Content || IsHeld(incoming))
        {
            return StoreOutcome.Stored;
        }

        if (!IsExpected(held, expectedSequence))
        {
            return StoreOutcome.Conflict;
        }

        return held is null || RecordOrder.Compare(incoming, held.Head) > 0 ? StoreOutcome.Stored
            : incoming.Sequence < held.Head.Sequence ? StoreOutcome.Older
            : StoreOutcome.Conflict;
    }

    /// <summary>Whether there is nothing to write: the identical record is held, or the same content for at least as long.</summary>
    public bool IsHeld(in RecordHead incoming)
    {
        RecordEntry? held = Find(incoming.Key, incoming.Writer);
        int order = held is null ? 1 : RecordOrder.Compare(incoming, held.Head);
        return incoming.Kind == RecordKind.Content ? order <= 0 : order == 0;
    }

    /// <summary>Reserves the slot of a record that was judged, and makes room for it.</summary>
    /// <param name="incoming">The record; its slot is not reserved.</param>
    /// <param name="source">The address group that is charged.</param>
    /// <param name="origin">How it came. A slot's origin never weakens: our own record stays ours when a stranger prolongs it.</param>
    /// <param name="evicted">Receives the entries that had to leave, if the slot was reserved.</param>
    /// <returns>False when there is no room: the outcome is <see cref="StoreOutcome.Full"/>, and nothing has changed.</returns>
    /// <exception cref="InvalidOperationException">The slot is reserved.</exception>
    public bool TryReserve(in RecordHead incoming, AddressGroup source, RecordOrigin origin, List<RecordEntry> evicted)
    {
        KeyShelf shelf = GetShelf(incoming.Key);
        if (shelf.FindPending(incoming.Writer) is not null)
        {
            throw new InvalidOperationException($"A write to the slot of {incoming.Key} is pending.");
        }

        RecordEntry? held = shelf.Find(incoming.Writer);
        RecordEntry entry = new(incoming, shelf.Distance, source, Stronger(origin, held));
        shelf.AddPending(entry);
        _quota.Charge(entry);
        if (held is not null)
        {
            _quota.Withdraw(held);
        }

        bool reserved = entry.IsOwn || TryMakeRoom(shelf, entry, evicted);
        if (!reserved)
        {
            Cancel(entry);
        }

        AssertInDebug();
        return reserved;
    }

    /// <summary>Makes a reserved record visible: the store has written it.</summary>
    /// <exception cref="InvalidOperationException">It was not reserved.</exception>
    public void Commit(in RecordHead head)
    {
        RecordEntry entry = GetPending(head);
        RecordEntry? held = Find(head.Key, head.Writer);
        Unreserve(entry);
        if (held is not null)
        {
            Detach(held);
        }

        Attach(entry with { Origin = Stronger(entry.Origin, held) });
        AssertInDebug();
    }

    /// <summary>Gives a reservation up: the store has not written. What was evicted for it stays away.</summary>
    /// <exception cref="InvalidOperationException">It was not reserved.</exception>
    public void Release(in RecordHead head)
    {
        Cancel(GetPending(head));
        AssertInDebug();
    }

    /// <summary>Notes that a held record came again, by a way that strengthens its claim: a cached one put, a stranger's by our caller.</summary>
    public void Reaffirm(in RecordHead head, RecordOrigin origin)
    {
        if (Find(head.Key, head.Writer) is { } held && origin > held.Origin)
        {
            Detach(held);
            Attach(held with { Origin = origin });
        }
    }

    /// <summary>Drops a held entry, such as one that the store has lost. Nothing happens when the slot holds something else by now.</summary>
    public void Remove(RecordEntry entry)
    {
        if (Find(entry.Key, entry.Writer) == entry)
        {
            Detach(entry);
        }
    }

    /// <summary>Drops one held entry that is over, the soonest expiry first. Our own expire like any other.</summary>
    public bool TryTakeExpired(long nowSeconds, [NotNullWhen(true)] out RecordEntry? entry)
    {
        entry = _soonestFirst.Min;
        bool isOver = entry is not null && RecordExpiry.IsOver(entry.Head.ExpirySeconds, nowSeconds);
        entry = isOver ? entry : null;
        if (entry is not null)
        {
            Detach(entry);
        }

        return isOver;
    }

    private static RecordOrigin Stronger(RecordOrigin origin, RecordEntry? held) =>
        held is not null && held.Origin > origin ? held.Origin : origin;

    private static bool IsExpected(RecordEntry? held, long expectedSequence) => expectedSequence switch
    {
        < 0 => true,
        0 => held is null,
        _ => held is not null && held.Head.Sequence == expectedSequence,
    };

    private bool TryMakeRoom(KeyShelf shelf, RecordEntry entry, List<RecordEntry> evicted)
    {
        int kept = evicted.Count;
        while (NextVictim(shelf, entry) is { } victim)
        {
            if (ReferenceEquals(victim, entry))
            {
                evicted[kept..].ForEach(Attach);
                evicted.RemoveRange(kept, evicted.Count - kept);
                return false;
            }

            Detach(victim);
            evicted.Add(victim);
        }

        return true;
    }

    private RecordEntry? NextVictim(KeyShelf shelf, RecordEntry entry) =>
        (entry.Key.Kind == RecordKind.Open ? shelf.NextVictim(entry, limits) : null) ?? _quota.NextVictim(entry);

    private RecordEntry GetPending(in RecordHead head) =>
        FindPending(head.Key, head.Writer) is { } entry && entry.Head == head
            ? entry
            : throw new InvalidOperationException($"No write of this record to the slot of {head.Key} is pending.");

    private void Cancel(RecordEntry entry)
    {
        Unreserve(entry);
        if (Find(entry.Key, entry.Writer) is { } held)
        {
            _quota.Offer(held);
        }
    }

    private void Unreserve(RecordEntry entry)
    {
        KeyShelf shelf = _shelves[entry.Key];
        shelf.RemovePending(entry);
        _quota.Refund(entry);
        DropIfEmpty(shelf);
    }

    private void Attach(RecordEntry entry)
    {
        KeyShelf shelf = GetShelf(entry.Key);
        shelf.Add(entry);
        _soonestFirst.Add(entry);
        _bySlot[entry.Digest.Slot] = entry;
        Bytes += entry.Head.Size;
        _quota.Charge(entry);
        if (shelf.FindPending(entry.Writer) is null)
        {
            _quota.Offer(entry);
        }
    }

    private void Detach(RecordEntry entry)
    {
        KeyShelf shelf = _shelves[entry.Key];
        shelf.Remove(entry);
        _soonestFirst.Remove(entry);
        _bySlot.Remove(entry.Digest.Slot);
        Bytes -= entry.Head.Size;
        _quota.Withdraw(entry);
        _quota.Refund(entry);
        DropIfEmpty(shelf);
    }

    private KeyShelf GetShelf(RecordKey key)
    {
        if (!_shelves.TryGetValue(key, out KeyShelf? shelf))
        {
            shelf = new KeyShelf(key, key.Hash ^ self);
            _shelves.Add(key, shelf);
            _closestFirst.Add(shelf);
        }

        return shelf;
    }

    private void DropIfEmpty(KeyShelf shelf)
    {
        if (shelf.IsEmpty)
        {
            _shelves.Remove(shelf.Key);
            _closestFirst.Remove(shelf);
        }
    }
}
