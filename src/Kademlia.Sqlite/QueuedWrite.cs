namespace Kademlia.Sqlite;

/// <summary>A write or a removal that waits for its transaction: what its slot must hold before, and what it holds after.</summary>
/// <param name="expected">Null when the slot must be empty.</param>
/// <param name="next">Null to empty the slot.</param>
internal sealed class QueuedWrite(Record? expected, Record? next)
{
    /// <summary>What a write takes of memory beside its record, roughly; the record of a removal is held anyway.</summary>
    private const int Overhead = 256;

    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Slot Slot { get; } = Slot.Of((next ?? expected)!);

    public Record? Expected { get; } = expected;

    public Record? Next { get; } = next;

    /// <summary>How much memory it holds, in bytes.</summary>
    public int Weight { get; } = Overhead + (next is null ? 0 : RowFormat.LengthOf(next));

    /// <summary>True once the write is on the disk; false when the slot held something else than expected.</summary>
    public Task<bool> Completion => _completion.Task;

    public bool Expects(Record? held) => held is null ? Expected is null : Expected is not null && held.IsSameAs(Expected);

    public void Complete(bool written) => _completion.SetResult(written);

    public void Fail(Exception exception) => _completion.SetException(exception);
}
