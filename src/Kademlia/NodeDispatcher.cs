namespace Kademlia;

/// <summary>Where a node's work runs that must not run under its lock. Simulation supplies its own, on virtual time.</summary>
internal abstract class NodeDispatcher
{
    /// <summary>The thread pool, for all of it.</summary>
    public static NodeDispatcher Pool { get; } = new PoolDispatcher();

    /// <summary>Runs work that needs the processor or the disk: signing, verifying, loading.</summary>
    public abstract void Compute(Action work);

    /// <inheritdoc cref="Compute"/>
    /// <returns>Completes when the work is done, which must not throw.</returns>
    public Task ComputeAsync(Action work)
    {
        TaskCompletionSource done = new();
        Compute(() =>
        {
            work();
            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Runs code of the application: a handler.</summary>
    public abstract void Invoke(Action handler);

    /// <summary>Completes a caller's task. What awaits it goes on inside, so it is never under the lock.</summary>
    public abstract void Complete(Action completion);

    /// <summary>An operation begins, for which a caller waits.</summary>
    /// <returns>What <see cref="End"/> takes.</returns>
    public virtual long Begin(string operation) => 0;

    /// <summary>An operation has ended.</summary>
    public virtual void End(long operation)
    {
    }

    private sealed class PoolDispatcher : NodeDispatcher
    {
        public override void Compute(Action work) => Queue(work);

        public override void Invoke(Action handler) => Queue(handler);

        public override void Complete(Action completion) => Queue(completion);

        private static void Queue(Action action) =>
            ThreadPool.UnsafeQueueUserWorkItem(static a => a(), action, preferLocal: false);
    }
}
