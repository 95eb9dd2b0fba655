using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Kademlia.Core;

/// <summary>Marks the awaiters that sequential work inside the core may await: those that resume inside a turn of the core.</summary>
/// <remarks>
/// The method builders accept no other, so that awaiting a <c>Task</c>, a timer or a semaphore in the core does not compile.
/// </remarks>
internal interface ICoreAwaiter : ICriticalNotifyCompletion;

/// <summary>Sequential work of the core, written with <c>async</c> and <c>await</c>.</summary>
/// <remarks>
/// Starts at once, runs only inside turns of the core, and is awaited at most once. Its leaves are <see cref="CorePromise{T}"/>s,
/// which the core keeps by datagrams, deadlines and completed effects. Single-threaded: the caller holds the node's lock.
/// </remarks>
[AsyncMethodBuilder(typeof(CoreTaskMethodBuilder))]
internal class CoreTask
{
    private Action? _continuation;
    private ExceptionDispatchInfo? _failure;

    public bool IsCompleted { get; private set; }

    /// <summary>Waits until all have ended, then throws the failure of the first that failed, in their order.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the work fails with is thrown when all has ended.")]
    public static async CoreTask WhenAll(IReadOnlyList<CoreTask> tasks)
    {
        ExceptionDispatchInfo? first = null;
        foreach (CoreTask task in tasks)
        {
            try
            {
                await task;
            }
            catch (Exception failure)
            {
                first ??= ExceptionDispatchInfo.Capture(failure);
            }
        }

        first?.Throw();
    }

    public Awaiter GetAwaiter() => new(this);

    internal void Finish(Exception? failure)
    {
        IsCompleted = true;
        _failure = failure is null ? null : ExceptionDispatchInfo.Capture(failure);
        Action? continuation = _continuation;
        _continuation = null;
        continuation?.Invoke();
    }

    private protected void OnFinished(Action continuation) => _continuation = continuation;

    private protected void ThrowIfFailed() => _failure?.Throw();

    /// <summary>Resumes the awaiting work in the same turn that finished the awaited.</summary>
    public readonly struct Awaiter(CoreTask task) : ICoreAwaiter
    {
        public bool IsCompleted => task.IsCompleted;

        public void GetResult() => task.ThrowIfFailed();

        public void OnCompleted(Action continuation) => task.OnFinished(continuation);

        public void UnsafeOnCompleted(Action continuation) => task.OnFinished(continuation);
    }
}

/// <inheritdoc cref="CoreTask"/>
/// <typeparam name="T">What the work results in.</typeparam>
[AsyncMethodBuilder(typeof(CoreTaskMethodBuilder<>))]
internal sealed class CoreTask<T> : CoreTask
{
    private T? _result;

    public new Awaiter GetAwaiter() => new(this);

    internal void Finish(T result)
    {
        _result = result;
        Finish(failure: null);
    }

    /// <inheritdoc cref="CoreTask.Awaiter"/>
    public new readonly struct Awaiter(CoreTask<T> task) : ICoreAwaiter
    {
        public bool IsCompleted => task.IsCompleted;

        public T GetResult()
        {
            task.ThrowIfFailed();
            return task._result!;
        }

        public void OnCompleted(Action continuation) => task.OnFinished(continuation);

        public void UnsafeOnCompleted(Action continuation) => task.OnFinished(continuation);
    }
}
