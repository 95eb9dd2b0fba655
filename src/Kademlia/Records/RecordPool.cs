using System.Runtime.InteropServices;

namespace Kademlia.Records;

/// <summary>Holds a part of strangers' records to the limits of the whole and of each that pays for them, and says who must leave.</summary>
/// <remarks>
/// <para>A record is charged to the address group that it came from, a replica to its writer too, who is proven by the signature;
/// content has no writer. Who is over its own limit pays itself, so that nobody has more than a share of a pool.</para>
/// <para>When the whole is over, of what was put the group with the most bytes pays, the incoming record counted: whoever fills
/// a node pushes out their own records first, and a newcomer from a quiet network finds room. Of replicas the first in
/// <see cref="RecordEntry.EvictionOrder"/> leaves, whoever sent it: what is far from us, others are nearer to. Tombstones, which leave last,
/// have a part of the replicas at most: beyond it the first of them leaves.</para>
/// <para>The payer loses its first record in that order; if that is the incoming one, it is turned away. What the store kept from
/// before has no source, and no share to keep to. What is to be cached makes room nowhere: it is turned away.</para>
/// </remarks>
internal sealed class RecordPool(RecordLimits limits, bool isOfReplicas)
{
    private readonly Dictionary<AddressGroup, PayerShelf> _groups = [];
    private readonly Dictionary<NodeId, PayerShelf> _writers = [];
    private readonly PayerShelf _tombstones = new(default);
    private readonly SortedSet<PayerShelf> _payersFirst = new(isOfReplicas ? PayerShelf.FirstToLeaveFirst : PayerShelf.LargestFirst);

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Whether there is more than may be: between a charge and the evictions that follow it.</summary>
    public bool IsOver => Count > limits.MaxRecords || Bytes > limits.MaxBytes || HasTooManyTombstones;

    /// <summary>Of what was put they are not counted.</summary>
    private bool HasTooManyTombstones => _tombstones.Count > limits.MaxTombstones || _tombstones.Bytes > limits.MaxTombstoneBytes;

    /// <summary>Counts an entry, held or pending.</summary>
    public void Charge(RecordEntry entry)
    {
        Count++;
        Bytes += entry.Head.Size;
        Change(entry, isSize: true, static (shelf, charged) => shelf.Charge(charged));
    }

    /// <summary>Takes back what <see cref="Charge"/> counted.</summary>
    public void Refund(RecordEntry entry)
    {
        Count--;
        Bytes -= entry.Head.Size;
        Change(entry, isSize: true, static (shelf, refunded) => shelf.Refund(refunded));
    }

    /// <summary>Lets a charged entry be evicted.</summary>
    public void Offer(RecordEntry entry) => Change(entry, isSize: false, static (shelf, offered) => shelf.Offer(offered));

    /// <summary>Keeps an entry from being evicted.</summary>
    public void Withdraw(RecordEntry entry) => Change(entry, isSize: false, static (shelf, withdrawn) => shelf.Withdraw(withdrawn));

    /// <summary>Who must go so that a charged entry may stay: null when nobody must, the entry itself when there is no room for it.</summary>
    public RecordEntry? NextVictim(RecordEntry incoming)
    {
        if (incoming.Origin == RecordOrigin.Cache && IsOver)
        {
            return incoming;
        }

        PayerShelf group = _groups[incoming.Source];
        PayerShelf? writer = HasWriter(incoming) ? _writers[incoming.Writer] : null;
        PayerShelf? payer = HasTooManyTombstones ? _tombstones
            : incoming.Source != default && IsOverShare(group) ? group
            : writer is not null && IsOverShare(writer) ? writer
            : IsOver ? _payersFirst.Min
            : null;
        bool paysItself = isOfReplicas || payer == group;
        return payer is null ? null
            : payer.First is not { } first ? incoming
            : paysItself && RecordEntry.EvictionOrder.Compare(incoming, first) < 0 ? incoming
            : first;
    }

    private bool HasWriter(RecordEntry entry) => isOfReplicas && entry.Key.Kind != RecordKind.Content;

    private bool IsOverShare(PayerShelf shelf) => shelf.Count > limits.MaxRecordsPerGroup || shelf.Bytes > limits.MaxBytesPerGroup;

    /// <summary>Changes what an entry's payers have; a group keeps its rank unless what it is ranked by changes, its size or its first.</summary>
    private void Change(RecordEntry entry, bool isSize, Action<PayerShelf, RecordEntry> change)
    {
        PayerShelf group = ShelfOf(_groups, entry.Source);
        bool isMoved = isSize ? !isOfReplicas || group.Count <= 1 : isOfReplicas && group.IsFirst(entry);
        if (isMoved)
        {
            _payersFirst.Remove(group);
        }

        Change(_groups, entry.Source, group, entry, change);
        if (isMoved && group.Count > 0)
        {
            _payersFirst.Add(group);
        }

        if (isOfReplicas && entry.Head.IsTombstone)
        {
            change(_tombstones, entry);
        }

        if (HasWriter(entry))
        {
            Change(_writers, entry.Writer, ShelfOf(_writers, entry.Writer), entry, change);
        }
    }

    private static PayerShelf ShelfOf<T>(Dictionary<T, PayerShelf> shelves, T payer)
        where T : notnull
    {
        ref PayerShelf? shelf = ref CollectionsMarshal.GetValueRefOrAddDefault(shelves, payer, out _);
        return shelf ??= new PayerShelf(payer is AddressGroup group ? group : default);
    }

    /// <summary>Changes one payer's shelf, and forgets it with its last record.</summary>
    private static void Change<T>(
        Dictionary<T, PayerShelf> shelves, T payer, PayerShelf shelf, RecordEntry entry, Action<PayerShelf, RecordEntry> change)
        where T : notnull
    {
        change(shelf, entry);
        if (shelf.Count == 0)
        {
            shelves.Remove(payer);
        }
    }
}
