using Kademlia.Records;

namespace Kademlia.Tests.Records;

/// <summary>The index's rules over two plain lists: nothing is remembered, everything is counted anew.</summary>
internal sealed class NaiveRecordIndex(RecordLimits limits)
{
    public List<RecordEntry> Held { get; } = [];

    public List<RecordEntry> Pending { get; } = [];

    public IEnumerable<RecordEntry> Strangers => Held.Concat(Pending).Where(entry => !entry.IsOwn);

    public RecordEntry? Find(RecordHead head) => Held.Find(entry => IsSlot(entry, head));

    public bool TryReserve(RecordHead head, AddressGroup source, RecordOrigin origin, List<RecordEntry> evicted)
    {
        RecordEntry? held = Find(head);
        RecordEntry entry = new(head, head.Key.Hash ^ default(NodeId), source, origin);
        entry = held?.Origin > origin ? entry with { Origin = held.Origin } : entry;
        entry = held?.Origin >= origin && held.Origin > RecordOrigin.Cache ? entry with { Source = held.Source } : entry;
        Pending.Add(entry);
        List<RecordEntry> gone = [];
        RecordEntry? victim = null;
        while (!entry.IsOwn && victim != entry && (victim = NextVictim(entry)) is not null)
        {
            gone.Add(victim);
            Held.Remove(victim);
        }

        bool reserved = victim is null;
        if (reserved)
        {
            evicted.AddRange(gone);
        }
        else
        {
            Pending.Remove(entry);
            Held.AddRange(gone.Where(other => other != entry));
        }

        return reserved;
    }

    public void Commit(RecordHead head)
    {
        RecordEntry entry = Pending.Single(pending => pending.Head == head);
        Pending.Remove(entry);
        Held.RemoveAll(other => IsSlot(other, head));
        Held.Add(entry);
    }

    public void Reaffirm(RecordHead head, AddressGroup source, RecordOrigin origin, List<RecordEntry> evicted)
    {
        RecordOrigin held = Find(head)!.Origin;
        bool strengthens = origin == RecordOrigin.Own || held == RecordOrigin.Cache;
        if (strengthens && origin > held && !Pending.Exists(entry => IsSlot(entry, head)) && TryReserve(head, source, origin, evicted))
        {
            Commit(head);
        }
    }

    public IEnumerable<RecordEntry> PoolOf(RecordEntry entry) =>
        Strangers.Where(other => (other.Origin == RecordOrigin.Replica) == (entry.Origin == RecordOrigin.Replica));

    private static bool IsSlot(RecordEntry entry, RecordHead head) => entry.Key == head.Key && entry.Writer == head.Writer;

    private static AddressGroup Largest(IEnumerable<(AddressGroup Group, int Size)> sizes) =>
        sizes.GroupBy(pair => pair.Group).OrderByDescending(group => group.Sum(pair => pair.Size)).ThenBy(group => group.Key.Bits).First().Key;

    private RecordEntry? NextVictim(RecordEntry incoming)
    {
        List<(AddressGroup Group, int Size)> slots = [.. Strangers
            .Where(entry => entry.Key == incoming.Key && !(Held.Contains(entry) && Pending.Any(p => !p.IsOwn && IsSlot(p, entry.Head))))
            .Select(entry => (entry.Source, Math.Max(entry.Head.Size, Pending.Contains(entry) ? Find(entry.Head)?.Head.Size ?? 0 : 0)))];
        if (incoming.Head.Kind == RecordKind.Open
            && (slots.Count > limits.MaxRecordsPerKey || slots.Sum(slot => slot.Size) > limits.MaxBytesPerKey))
        {
            return First(Held.Where(entry => entry.Key == incoming.Key), Largest(slots), incoming);
        }

        RecordEntry[] pool = [.. PoolOf(incoming)];
        RecordEntry[] group = [.. pool.Where(entry => entry.Source == incoming.Source)];
        RecordEntry[] writer = [.. pool.Where(entry => entry.Writer == incoming.Writer && entry.Head.Kind != RecordKind.Content)];
        RecordEntry[] tombstones = [.. pool.Where(entry => entry.Head.IsTombstone)];
        bool isReplica = incoming.Origin == RecordOrigin.Replica;
        return incoming.Origin == RecordOrigin.Cache && IsOver(pool, limits.MaxRecords, limits.MaxBytes) ? incoming
            : isReplica && IsOver(tombstones, limits.MaxTombstones, limits.MaxTombstoneBytes) ? First(tombstones, incoming)
            : incoming.Source != default && IsOver(group, limits.MaxRecordsPerGroup, limits.MaxBytesPerGroup) ? First(group, incoming)
            : isReplica && incoming.Head.Kind != RecordKind.Content && IsOver(writer, limits.MaxRecordsPerGroup, limits.MaxBytesPerGroup) ? First(writer, incoming)
            : !IsOver(pool, limits.MaxRecords, limits.MaxBytes) ? null
            : isReplica ? First(pool, incoming)
            : First(pool, Largest(pool.Select(entry => (entry.Source, entry.Head.Size))), incoming);
    }

    private static bool IsOver(RecordEntry[] entries, int count, long bytes) =>
        entries.Length > count || entries.Sum(entry => entry.Head.Size) > bytes;

    private RecordEntry First(IEnumerable<RecordEntry> candidates, AddressGroup payer, RecordEntry incoming) =>
        First(candidates.Append(incoming).Where(entry => entry.Source == payer), incoming);

    private RecordEntry First(IEnumerable<RecordEntry> payers, RecordEntry incoming) =>
        payers
            .Where(entry => !entry.IsOwn && (entry == incoming || (Held.Contains(entry) && !IsReserved(entry))))
            .OrderBy(entry => entry.Head.IsTombstone ? 2 : entry.Origin == RecordOrigin.Cache ? 0 : 1)
            .ThenByDescending(entry => entry.Distance)
            .ThenBy(entry => entry.Head.ExpirySeconds)
            .ThenBy(entry => entry.Key.Kind)
            .ThenBy(entry => entry.Writer)
            .FirstOrDefault(incoming);

    private bool IsReserved(RecordEntry entry) => Pending.Exists(pending => IsSlot(pending, entry.Head));
}
