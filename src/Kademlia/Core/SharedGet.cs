namespace Kademlia.Core;

/// <summary>One get that several callers wait for.</summary>
/// <remarks>A caller that cancels leaves the others alone; the last that leaves cancels the get.</remarks>
internal sealed class SharedGet(NodeCore core, RecordKey key, GetOptions options)
{
    private readonly List<CorePromise<GetResult>> _waiting = [];

    public RecordKey Key { get; } = key;

    /// <summary>Cancels the get itself, whoever waits.</summary>
    public CancelScope Scope { get; } = new();

    /// <summary>Whether a get of the same key would ask the same.</summary>
    public bool IsEqual(GetOptions other) => options.Quorum == other.Quorum && options.MinimumSequence == other.MinimumSequence;

    /// <summary>Waits for the result, or until the caller cancels.</summary>
    public async CoreTask<GetResult> WaitAsync(CancelScope caller)
    {
        CorePromise<GetResult> promise = new(core.Ready);
        LinkedListNode<Action> registration = caller.Add(() => Leave(promise));
        _waiting.Add(promise);
        try
        {
            return await promise;
        }
        finally
        {
            caller.Remove(registration);
        }
    }

    /// <summary>The get ended, one way or the other.</summary>
    public void End(GetResult? result, Exception? failure)
    {
        core.Getting.Forget(this);
        foreach (CorePromise<GetResult> promise in _waiting)
        {
            if (failure is null)
            {
                promise.Keep(result!);
            }
            else
            {
                promise.Break(failure);
            }
        }

        _waiting.Clear();
    }

    private void Leave(CorePromise<GetResult> promise)
    {
        promise.Break(new OperationCanceledException());
        if (_waiting.Remove(promise) && _waiting.Count == 0)
        {
            core.Getting.Forget(this);
            Scope.Cancel();
        }
    }
}
