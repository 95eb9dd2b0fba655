namespace Kademlia.Sqlite;

/// <summary>Something that waits for its transaction.</summary>
internal abstract class QueuedWrite
{
    /// <summary>What a write takes of memory beside its bytes, roughly.</summary>
    protected const int Overhead = 256;

    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How much memory it holds, in bytes.</summary>
    public abstract int Weight { get; }

    /// <summary>True once the write is on the disk; false when the file held something else than expected.</summary>
    public Task<bool> Completion => _completion.Task;

    public void Complete(bool written) => _completion.SetResult(written);

    public void Fail(Exception exception) => _completion.SetException(exception);
}
