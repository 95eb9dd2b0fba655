namespace Kademlia.Core;

/// <summary>Something the core waits for: a reply, a deadline, an effect. Kept once; the waiting work resumes in the same turn.</summary>
/// <remarks>
/// Resuming goes through the core's ready queue, never from inside the machine that keeps the promise, so that no state machine
/// is re-entered while it is being changed.
/// </remarks>
internal sealed class CorePromise<T>(Queue<Action> ready)
{
    private Action? _continuation;
    private T? _result;
    private Exception? _failure;

    public bool IsKept { get; private set; }

    /// <summary>Keeps the promise; a second time changes nothing.</summary>
    public void Keep(T result)
    {
        if (!IsKept)
        {
            _result = result;
            Resume();
        }
    }

    /// <summary>Breaks the promise: the waiting work gets the exception. A kept promise stays kept.</summary>
    public void Break(Exception failure)
    {
        if (!IsKept)
        {
            _failure = failure;
            Resume();
        }
    }

    public Awaiter GetAwaiter() => new(this);

    private void Resume()
    {
        IsKept = true;
        if (_continuation is not null)
        {
            ready.Enqueue(_continuation);
            _continuation = null;
        }
    }

    /// <inheritdoc cref="CoreTask.Awaiter"/>
    public readonly struct Awaiter(CorePromise<T> promise) : ICoreAwaiter
    {
        public bool IsCompleted => promise.IsKept;

        public T GetResult() => promise._failure is null ? promise._result! : throw promise._failure;

        public void OnCompleted(Action continuation) => promise._continuation = continuation;

        public void UnsafeOnCompleted(Action continuation) => promise._continuation = continuation;
    }
}
