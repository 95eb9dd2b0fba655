using Kademlia.Records;

namespace Kademlia.Simulation;

/// <summary>What a machine keeps while its power is off: records, what the node is to know of itself, and the faults of real disks.</summary>
public sealed class VirtualDisk
{
    private readonly Dictionary<Slot, Record> _records = [];
    private readonly Dictionary<RecordKey, OwnRecordState> _own = [];
    private readonly List<Write> _unflushed = [];

    /// <summary>Whether the disk is full: every write fails.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether the last writes of records are lost with the power although they were acknowledged.</summary>
    public bool LosesFlushes { get; set; }

    /// <summary>So many of the last writes are lost then.</summary>
    public int Unflushed { get; set; } = 8;

    /// <summary>Whether the power goes in the middle of a write, so that of the last one a part alone is on the disk.</summary>
    /// <remarks>
    /// The store knows a torn record for one and finds what was in its slot before. The contacts that the node knew are written
    /// beside those of before, which stay.
    /// </remarks>
    public bool TearsWrites { get; set; }

    /// <summary>How many writes failed on a full disk.</summary>
    public long Failed { get; private set; }

    /// <summary>How many acknowledged writes were lost with the power.</summary>
    public long LostWrites { get; private set; }

    /// <summary>How many writes were torn by the power.</summary>
    public long TornWrites { get; private set; }

    /// <summary>How many records there are.</summary>
    public int Count => _records.Count;

    internal NodeIdentity? Identity { get; set; }

    internal IReadOnlyList<Contact> Contacts { get; private set; } = [];

    /// <summary>So many of the last writes would not outlive the power.</summary>
    private int AtRisk => LosesFlushes ? Unflushed : TearsWrites ? 1 : 0;

    internal INodeStateStore Open() => new Volume(this);

    /// <summary>The power goes while the node's contacts are written: what was not flushed is undone, the newest first.</summary>
    internal void LosePower(IReadOnlyList<Contact> contacts)
    {
        Write[] lost = [.. _unflushed.TakeLast(AtRisk)];
        foreach (Write write in lost.Reverse())
        {
            Undo(write);
        }

        LostWrites += LosesFlushes ? lost.Length : 0;
        TornWrites += LosesFlushes ? 0 : lost.Length;
        _unflushed.Clear();
        Contacts = TearsWrites ? Contacts : contacts;
        TornWrites += TearsWrites ? 1 : 0;
    }

    /// <summary>Forgets everything.</summary>
    internal void Wipe()
    {
        _records.Clear();
        _own.Clear();
        _unflushed.Clear();
        Identity = null;
        Contacts = [];
    }

    private void ThrowIfFull()
    {
        if (IsFull)
        {
            Failed++;
            throw new IOException("No space left on the virtual disk.");
        }
    }

    private ValueTask<bool> WriteAsync(Record record, Record? replaces)
    {
        ThrowIfFull();
        bool fits = Holds(Slot.Of(record), replaces);
        if (fits)
        {
            _records[Slot.Of(record)] = record;
            Remember(new Write(record, replaces));
        }

        return ValueTask.FromResult(fits);
    }

    private void Remember(Write write)
    {
        _unflushed.Add(write);
        _unflushed.RemoveRange(0, Math.Max(0, _unflushed.Count - AtRisk));
    }

    private void Undo(Write write)
    {
        _records.Remove(Slot.Of(write.Record));
        if (write.Replaced is not null)
        {
            _records.Add(Slot.Of(write.Replaced), write.Replaced);
        }
    }

    /// <summary>Whether a slot holds the record given, or nothing when none is given.</summary>
    private bool Holds(Slot slot, Record? record) => _records.TryGetValue(slot, out Record? held)
        ? record is not null && held.IsSameAs(record)
        : record is null;

    private readonly record struct Slot(RecordKey Key, NodeId Writer)
    {
        public static Slot Of(Record record) => new(record.Key, record.Writer);
    }

    private readonly record struct Write(Record Record, Record? Replaced);

    /// <summary>The disk as one run of a node sees it; its end is not the disk's.</summary>
    private sealed class Volume(VirtualDisk disk) : INodeStateStore
    {
        public IEnumerable<Record> Load() => disk._records.Values
            .OrderBy(record => record.Key.Hash).ThenBy(record => record.Key.Kind).ThenBy(record => record.Writer);

        public Record? Read(RecordKey key, NodeId writer) => disk._records.GetValueOrDefault(new Slot(key, writer));

        public ValueTask<bool> WriteAsync(Record record, Record? replaces, CancellationToken cancellationToken) =>
            disk.WriteAsync(record, replaces);

        public ValueTask<bool> RemoveAsync(Record record, CancellationToken cancellationToken) =>
            ValueTask.FromResult(disk.Holds(Slot.Of(record), record) && disk._records.Remove(Slot.Of(record)));

        public NodeState LoadState() => new(
            disk.Contacts, [.. disk._own.Values.OrderBy(own => own.Key.Hash).ThenBy(own => own.Key.Kind)]);

        public ValueTask SaveContactsAsync(IReadOnlyList<Contact> contacts, CancellationToken cancellationToken)
        {
            disk.ThrowIfFull();
            disk.Contacts = contacts;
            return ValueTask.CompletedTask;
        }

        public ValueTask SaveOwnAsync(OwnRecordState own, CancellationToken cancellationToken)
        {
            disk.ThrowIfFull();
            disk._own[own.Key] = own;
            return ValueTask.CompletedTask;
        }

        public ValueTask ForgetOwnAsync(RecordKey key, CancellationToken cancellationToken)
        {
            disk._own.Remove(key);
            return ValueTask.CompletedTask;
        }

        public void Dispose()
        {
            // The records outlive the run.
        }
    }
}
