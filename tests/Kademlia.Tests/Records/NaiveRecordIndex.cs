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
        RecordEntry entry = new(head, head.Key.Hash ^ default(NodeId), source, Stronger(origin, Find(head)));
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
        RecordEntry? held = Find(head);
        Pending.Remove(entry);
        Held.RemoveAll(other => IsSlot(other, head));
        Held.Add(entry with { Origin = Stronger(entry.Origin, held) });
    }

    public void Reaffirm(RecordHead head, RecordOrigin origin)
    {
        if (Find(head) is { } held)
        {
            Held.Remove(held);
            Held.Add(held with { Origin = Stronger(origin, held) });
        }
    }

    private static RecordOrigin Stronger(RecordOrigin origin, RecordEntry? held) =>
        (RecordOrigin)Math.Max((int)origin, (int)(held?.Origin ?? origin));

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

        List<RecordEntry> group = [.. Strangers.Where(entry => entry.Source == incoming.Source)];
        return group.Count > limits.MaxRecordsPerGroup || group.Sum(entry => entry.Head.Size) > limits.MaxBytesPerGroup
            ? First(Held, incoming.Source, incoming)
            : Strangers.Count() > limits.MaxRecords || Strangers.Sum(entry => entry.Head.Size) > limits.MaxBytes
            ? First(Held, Largest(Strangers.Select(entry => (entry.Source, entry.Head.Size))), incoming)
            : null;
    }

    private RecordEntry First(IEnumerable<RecordEntry> candidates, AddressGroup payer, RecordEntry incoming) =>
        candidates
            .Where(entry => !entry.IsOwn && !IsReserved(entry))
            .Append(incoming)
            .Where(entry => entry.Source == payer)
            .OrderBy(entry => entry.Head.IsTombstone ? 2 : entry.Origin == RecordOrigin.Cache ? 0 : 1)
            .ThenByDescending(entry => entry.Distance)
            .ThenBy(entry => entry.Head.ExpirySeconds)
            .ThenBy(entry => entry.Key.Kind)
            .ThenBy(entry => entry.Writer)
            .FirstOrDefault(incoming);

    private bool IsReserved(RecordEntry entry) => Pending.Exists(pending => IsSlot(pending, entry.Head));
}
