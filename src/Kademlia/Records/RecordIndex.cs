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
    private readonly RecordPool _put = new(limits, isOfReplicas: false);
    private readonly RecordPool _replicas = new(limits, isOfReplicas: true);

    /// <summary>How many records are held, our own among them.</summary>
    public int Count => _soonestFirst.Count;

    /// <summary>What all held records count for, our own among them.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many of strangers' records are held or pending.</summary>
    public int StrangerCount => _put.Count + _replicas.Count;

    /// <summary>What strangers' records, held and pending, count for.</summary>
    public long StrangerBytes => _put.Bytes + _replicas.Bytes;

    /// <summary>The origin whose pool has more room: for what the store kept from before, of which nothing else is known.</summary>
    public RecordOrigin RoomierOrigin => _replicas.Bytes < _put.Bytes ? RecordOrigin.Replica : RecordOrigin.Put;

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

    /// <summary>What stands for each record that is held for more than as cached. In no order, and the index must not change meanwhile.</summary>
    public IEnumerable<DigestEntry> Digests => _bySlot.Values.Where(e => e.Origin != RecordOrigin.Cache).Select(e => e.Digest);

    /// <summary>The entry that is held in a slot.</summary>
    public RecordEntry? Find(RecordKey key, NodeId writer) => _shelves.GetValueOrDefault(key)?.Find(writer);

    /// <summary>The entry whose write into a slot is pending: the slot is reserved.</summary>
    public RecordEntry? FindPending(RecordKey key, NodeId writer) => _shelves.GetValueOrDefault(key)?.FindPending(writer);

    /// <summary>All held entries under a key, by writer. Valid until the index changes.</summary>
    public ReadOnlySpan<RecordEntry> Under(RecordKey key) =>
        _shelves.TryGetValue(key, out KeyShelf? shelf) ? shelf.Held : [];

    /// <summary>Reserves the slot of a record that was judged, and makes room for it.</summary>
    /// <param name="incoming">The record; its slot is not reserved.</param>
    /// <param name="source">The address group that is charged, unless another is for what the slot holds: whoever brings a newer record of somebody's does not pay for it.</param>
    /// <param name="origin">How it came. A slot's claim never weakens: our own record stays ours when a stranger prolongs it.</param>
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
        bool keepsPayer = held is not null && held.Origin >= origin && held.Origin != RecordOrigin.Cache;
        bool weakens = held is not null && held.Origin > origin;
        RecordEntry entry = new(incoming, shelf.Distance, keepsPayer ? held!.Source : source, weakens ? held!.Origin : origin);
        shelf.AddPending(entry);
        PoolOf(entry)?.Charge(entry);
        if (held is not null)
        {
            PoolOf(held)?.Withdraw(held);
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

        Attach(entry);
        AssertInDebug();
    }

    /// <summary>Gives a reservation up: the store has not written. What was evicted for it stays away.</summary>
    /// <exception cref="InvalidOperationException">It was not reserved.</exception>
    public void Release(in RecordHead head)
    {
        Cancel(GetPending(head));
        AssertInDebug();
    }

    /// <summary>Notes that a held record came again by a way that gives it another claim: a cached one from a holder or its publisher, any from our caller.</summary>
    /// <remarks>
    /// A replica that is put again stays what it is: who repeats what others wrote must not move it to an account of his own, from where he
    /// could push it out. Nothing changes while the slot is being written, or where there is no room.
    /// </remarks>
    public void Reaffirm(in RecordHead head, AddressGroup source, RecordOrigin origin, List<RecordEntry> evicted)
    {
        if (Find(head.Key, head.Writer) is { } held
            && held.Origin < origin
            && (held.Origin == RecordOrigin.Cache || origin == RecordOrigin.Own)
            && FindPending(head.Key, head.Writer) is null
            && TryReserve(held.Head, source, origin, evicted))
        {
            Commit(held.Head);
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

    /// <summary>Who limits an entry: nobody limits our own.</summary>
    private RecordPool? PoolOf(RecordEntry entry) => entry.Origin switch
    {
        RecordOrigin.Own => null,
        RecordOrigin.Replica => _replicas,
        _ => _put,
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
        (entry.Key.Kind == RecordKind.Open ? shelf.NextVictim(entry, limits) : null) ?? PoolOf(entry)?.NextVictim(entry);

    private RecordEntry GetPending(in RecordHead head) =>
        FindPending(head.Key, head.Writer) is { } entry && entry.Head == head
            ? entry
            : throw new InvalidOperationException($"No write of this record to the slot of {head.Key} is pending.");

    private void Cancel(RecordEntry entry)
    {
        Unreserve(entry);
        if (Find(entry.Key, entry.Writer) is { } held)
        {
            PoolOf(held)?.Offer(held);
        }
    }

    private void Unreserve(RecordEntry entry)
    {
        KeyShelf shelf = _shelves[entry.Key];
        shelf.RemovePending(entry);
        PoolOf(entry)?.Refund(entry);
        DropIfEmpty(shelf);
    }

    private void Attach(RecordEntry entry)
    {
        KeyShelf shelf = GetShelf(entry.Key);
        shelf.Add(entry);
        _soonestFirst.Add(entry);
        _bySlot[entry.Digest.Slot] = entry;
        Bytes += entry.Head.Size;
        PoolOf(entry)?.Charge(entry);
        if (shelf.FindPending(entry.Writer) is null)
        {
            PoolOf(entry)?.Offer(entry);
        }
    }

    private void Detach(RecordEntry entry)
    {
        KeyShelf shelf = _shelves[entry.Key];
        shelf.Remove(entry);
        _soonestFirst.Remove(entry);
        _bySlot.Remove(entry.Digest.Slot);
        Bytes -= entry.Head.Size;
        PoolOf(entry)?.Withdraw(entry);
        PoolOf(entry)?.Refund(entry);
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
