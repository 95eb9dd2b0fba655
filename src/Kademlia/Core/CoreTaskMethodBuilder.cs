using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kademlia.Core;

/// <summary>Builds <see cref="CoreTask"/>s for the compiler.</summary>
[SuppressMessage("Performance", "CA1822", Justification = "The compiler calls all members on an instance.")]
internal readonly struct CoreTaskMethodBuilder(CoreTask task)
{
    public CoreTask Task => task;

    public static CoreTaskMethodBuilder Create() => new(new CoreTask());

    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only builders that box by themselves are given a box.
    }

    public void SetResult() => task.Finish(failure: null);

    public void SetException(Exception exception) => task.Finish(exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICoreAwaiter
        where TStateMachine : IAsyncStateMachine => AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICoreAwaiter
        where TStateMachine : IAsyncStateMachine
    {
        IAsyncStateMachine boxed = stateMachine;
        awaiter.UnsafeOnCompleted(boxed.MoveNext);
    }
}

/// <summary>Builds <see cref="CoreTask{T}"/>s for the compiler.</summary>
[SuppressMessage("Performance", "CA1822", Justification = "The compiler calls all members on an instance.")]
internal readonly struct CoreTaskMethodBuilder<T>(CoreTask<T> task)
{
    public CoreTask<T> Task => task;

    public static CoreTaskMethodBuilder<T> Create() => new(new CoreTask<T>());

    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only builders that box by themselves are given a box.
    }

    public void SetResult(T result) => task.Finish(result);

    public void SetException(Exception exception) => task.Finish(exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICoreAwaiter
        where TStateMachine : IAsyncStateMachine => AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICoreAwaiter
        where TStateMachine : IAsyncStateMachine
    {
        IAsyncStateMachine boxed = stateMachine;
        awaiter.UnsafeOnCompleted(boxed.MoveNext);
    }
}
