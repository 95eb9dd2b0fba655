using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Keeps records for others, and our own where we are one of the k.</summary>
/// <remarks>
/// The index decides; the store keeps bytes. What is cheap is decided in the turn that brings the store; a record that may be taken
/// is verified by an effect, judged again, and written by another; only then the sender is told. A repeated request, whose first is
/// under way, is not answered. Writes to one slot, and removals from it, follow each other.
/// </remarks>
internal sealed partial class Holding
{
    /// <summary>So many offered records are verified and written at once; further ones find no room.</summary>
    public const int MaxUnderWay = 256;

    /// <summary>How soon a write looks again whether the one before it in its slot is settled.</summary>
    private static readonly TimeSpan SlotPatience = TimeSpan.FromMilliseconds(5);

    private readonly NodeCore _core;
    private readonly HashSet<(PeerEndPoint From, ulong Transaction)> _underWay = [];
    private readonly HashSet<(RecordKey Key, NodeId Writer)> _writing = [];

    public Holding(NodeCore core)
    {
        _core = core;
        Index = new RecordIndex(core.Id, new RecordLimits { MaxBytes = core.Options.MaxStrangerBytes / RecordLimits.Pools });
    }

    public RecordIndex Index { get; }

    /// <summary>Keeps a record of our own.</summary>
    public CoreTask<(StoreOutcome Outcome, Record? Newer)> HoldOwnAsync(Record record, long expectedSequence) =>
        WriteAsync(record, expectedSequence, default, RecordOrigin.Own);

    /// <summary>Reads what is held under a key, from a cursor on, wrapping around.</summary>
    /// <returns>How many were read into <paramref name="destination"/>.</returns>
    public int Read(RecordKey key, int cursor, Span<Record> destination, out int held, out long newest)
    {
        ReadOnlySpan<RecordEntry> entries = Index.Under(key);
        held = 0;
        newest = 0;
        int count = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            RecordEntry entry = entries[(int)(((long)cursor + i) % entries.Length)];
            if (IsOver(entry))
            {
                continue;
            }

            held++;
            newest = Math.Max(newest, entry.Head.Sequence);
            if (count < destination.Length && _core.Read(key, entry.Writer) is Record record)
            {
                destination[count++] = record;
            }
        }

        return count;
    }

    /// <summary>What stands for all that is held under a key, so that whoever holds the same says the same.</summary>
    public ulong StateOf(RecordKey key)
    {
        List<DigestEntry> entries = [];
        foreach (RecordEntry entry in Index.Under(key))
        {
            if (!IsOver(entry))
            {
                entries.Add(entry.Digest);
            }
        }

        return Digests.StateOf(entries);
    }

    /// <summary>Where a writer's record stands among those under a key, for a cursor; the first place when it is gone.</summary>
    public int PositionOf(RecordKey key, NodeId writer)
    {
        ReadOnlySpan<RecordEntry> entries = Index.Under(key);
        int position = entries.Length - 1;
        while (position > 0 && entries[position].Writer != writer)
        {
            position--;
        }

        return Math.Max(position, 0);
    }

    /// <summary>All that is held under a key.</summary>
    public IReadOnlyList<Record> ReadAll(RecordKey key)
    {
        List<Record> records = [];
        foreach (RecordEntry entry in Index.Under(key))
        {
            if (!IsOver(entry) && _core.Read(key, entry.Writer) is Record record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    /// <summary>Takes what the store kept from before into the index, but for what has expired.</summary>
    /// <returns>What else the store kept, where it does.</returns>
    public async CoreTask<NodeState?> LoadAsync()
    {
        LoadEffect loaded = await _core.Perform(new LoadEffect());
        if (loaded.Failure is not null)
        {
            throw new KademliaException($"The record store cannot be read: {loaded.Failure.Message}", loaded.Failure);
        }

        foreach (Record record in loaded.Records)
        {
            RecordHead head = RecordHead.Of(record);
            if (Index.FindPending(record.Key, record.Writer) is not null || Index.Find(record.Key, record.Writer) is not null)
            {
                continue;
            }

            List<RecordEntry> evicted = [];
            if (!RecordExpiry.IsOver(record.ExpirySeconds, _core.WallSeconds) && Index.TryReserve(head, default, Index.RoomierOrigin, evicted))
            {
                Index.Commit(head);
                evicted.ForEach(Evict);
            }
            else
            {
                Remove(record);
            }
        }

        return loaded.State;
    }

    /// <summary>Drops what expired.</summary>
    public void DropExpired()
    {
        while (Index.TryTakeExpired(_core.WallSeconds, out RecordEntry? entry))
        {
            RemoveFromStore(entry);
        }
    }

    private bool IsOver(RecordEntry entry) => RecordExpiry.IsOver(entry.Head.ExpirySeconds, _core.WallSeconds);

    private CoreTask<(StoreOutcome Outcome, Record? Newer)> WriteAsync(
        Record record, long expectedSequence, AddressGroup source, RecordOrigin origin) =>
        InSlotAsync(record, () => WriteSlotAsync(record, expectedSequence, source, origin));

    /// <summary>Writes into a record's slot, or empties it, when nothing else that does is under way.</summary>
    private async CoreTask<T> InSlotAsync<T>(Record record, Func<CoreTask<T>> write)
    {
        while (!_writing.Add((record.Key, record.Writer)))
        {
            await _core.Delay(SlotPatience, _core.Lifetime);
        }

        try
        {
            return await write();
        }
        finally
        {
            _writing.Remove((record.Key, record.Writer));
        }
    }

    private async CoreTask<(StoreOutcome Outcome, Record? Newer)> WriteSlotAsync(
        Record record, long expectedSequence, AddressGroup source, RecordOrigin origin)
    {
        RecordHead head = RecordHead.Of(record);
        if (TrySettle(record, head, expectedSequence, source, origin) is { } settled)
        {
            return settled;
        }

        List<RecordEntry> evicted = [];
        if (!Index.TryReserve(head, source, origin, evicted))
        {
            _core.Replication.OnNoRoom(head, source, origin);
            return (StoreOutcome.Full, null);
        }

        evicted.ForEach(Evict);
        StoreEffect written = await _core.Perform(new StoreEffect(record, _core.Read(record.Key, record.Writer), removes: false));
        if (!written.Succeeded)
        {
            Index.Release(head);
            return (StoreOutcome.Refused, null);
        }

        Index.Commit(head);
        _core.Subscribers.OnWritten(head);
        _core.Subscribing.OnWritten(record);
        return (StoreOutcome.Stored, null);
    }

    /// <summary>What is said of a record that need not be written, since it loses or is held already; null of any other.</summary>
    private (StoreOutcome Outcome, Record? Newer)? TrySettle(
        Record record, in RecordHead head, long expectedSequence, AddressGroup source, RecordOrigin origin)
    {
        StoreOutcome judged = Index.Judge(head, expectedSequence);
        if (judged == StoreOutcome.Stored && !Index.IsHeld(head) && !(origin == RecordOrigin.Cache && Index.IsHeldForMore(head)))
        {
            return null;
        }

        Reaffirm(head, source, origin);
        return (judged, HeldInstead(judged, record));
    }

    private void Reaffirm(in RecordHead head, AddressGroup source, RecordOrigin origin)
    {
        List<RecordEntry> evicted = [];
        Index.Reaffirm(head, source, origin, evicted);
        evicted.ForEach(Evict);
    }

    private Record? HeldInstead(StoreOutcome judged, Record record) =>
        judged is StoreOutcome.Older or StoreOutcome.Conflict ? _core.Read(record.Key, record.Writer) : null;

    private void Evict(RecordEntry entry)
    {
        _core.Replication.OnNoRoom(entry.Head, entry.Source, entry.Origin);
        RemoveFromStore(entry);
    }

    private void RemoveFromStore(RecordEntry entry)
    {
        if (_core.Read(entry.Key, entry.Writer) is Record record)
        {
            Remove(record);
        }
    }

    private void Remove(Record record) => _core.RunDetached(RemoveAsync(record));

    private async CoreTask RemoveAsync(Record record) =>
        await InSlotAsync(record, async () => await _core.Perform(new StoreEffect(record, replaces: null, removes: true)));
}
