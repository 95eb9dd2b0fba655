namespace Kademlia.Sqlite;

/// <summary>A write or a removal of a record: what its slot must hold before, and what it holds after.</summary>
/// <param name="expected">Null when the slot must be empty.</param>
/// <param name="next">Null to empty the slot.</param>
internal sealed class RecordWrite(Record? expected, Record? next) : QueuedWrite
{
    public Slot Slot { get; } = Slot.Of((next ?? expected)!);

    public Record? Next { get; } = next;

    /// <remarks>The record of a removal is held anyway.</remarks>
    public override int Weight { get; } = Overhead + (next is null ? 0 : RowFormat.LengthOf(next));

    public bool Expects(Record? held) => held is null ? expected is null : expected is not null && held.IsSameAs(expected);
}
