using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>The newest record of each writer under one key, all of them verified, and what changes there.</summary>
/// <remarks>Nothing is told twice, or after something newer. A record of which only the expiry is later is kept, and not told.</remarks>
internal sealed class WatchedRecords(Action<RecordChange> changed)
{
    /// <summary>So many writers of one key are watched, the first that came; four times as many as a holder keeps.</summary>
    public const int MaxWriters = 1024;

    private readonly SortedDictionary<NodeId, Slot> _slots = [];

    /// <summary>Grows with everything that is news.</summary>
    public long Version { get; private set; }

    /// <summary>What holders of the same tell: see <see cref="Digests.StateOf"/>.</summary>
    public ulong State => Digests.StateOf([.. _slots.Values.Select(s => s.Digest)]);

    /// <summary>All of them by writer, the markers of deleted ones too.</summary>
    public IEnumerable<Record> All => _slots.Values.Select(s => s.Record);

    /// <summary>Takes in a record that was verified.</summary>
    public void Offer(Record record)
    {
        Slot slot = new(record, RecordHead.Of(record));
        bool isKnown = _slots.TryGetValue(record.Writer, out Slot? known);
        if (isKnown ? RecordOrder.Compare(known!.Head, slot.Head) >= 0 : _slots.Count >= MaxWriters)
        {
            return;
        }

        _slots[record.Writer] = slot;
        Version++;
        if (KindOf(known?.Head, slot.Head) is RecordChangeKind kind)
        {
            changed(new RecordChange(kind, record));
        }
    }

    /// <summary>Drops what is over.</summary>
    public void Expire(long nowSeconds)
    {
        foreach (Slot slot in _slots.Values.Where(s => RecordExpiry.IsOver(s.Head.ExpirySeconds, nowSeconds)).ToArray())
        {
            _slots.Remove(slot.Head.Writer);
            if (!slot.Head.IsTombstone)
            {
                changed(new RecordChange(RecordChangeKind.Expired, slot.Record));
            }
        }
    }

    private static RecordChangeKind? KindOf(RecordHead? before, RecordHead now) => (before is { IsTombstone: false }, !now.IsTombstone) switch
    {
        (false, true) => RecordChangeKind.Added,
        (true, false) => RecordChangeKind.Deleted,
        (true, true) when before!.Value.Sequence != now.Sequence || before.Value.ValueHash != now.ValueHash => RecordChangeKind.Updated,
        _ => null,
    };

    private sealed record Slot(Record Record, RecordHead Head)
    {
        public DigestEntry Digest { get; } = DigestEntry.Of(Head);
    }
}
