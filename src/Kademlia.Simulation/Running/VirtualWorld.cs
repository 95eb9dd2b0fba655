namespace Kademlia.Simulation.Running;

/// <summary>Virtual time: one heap of events, run by one thread.</summary>
/// <remarks>
/// Events run without a synchronization context, so that what the library awaits goes on inside the event that completes it.
/// Code of the application runs in a <see cref="VirtualContext"/>, so that what it awaits becomes events too.
/// </remarks>
internal sealed class VirtualWorld
{
    /// <summary>The wall clock's time when a world begins.</summary>
    public static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>After so many events the node that the last one happened on is checked.</summary>
#if DEBUG
    private const int CheckInterval = 16;
#else
    private const int CheckInterval = 1000;
#endif

    private readonly EventHeap _events = new();
    private readonly Dictionary<long, Operation> _operations = [];
    private long _operation;
    private Thread? _pump;

    public VirtualWorld()
    {
        Context = new VirtualContext(this);
        Clock = new VirtualClock(this);
    }

    public long NowTicks { get; private set; }

    public TimeSpan Now => new(NowTicks);

    /// <summary>The application's clock.</summary>
    public VirtualClock Clock { get; }

    public VirtualContext Context { get; }

    /// <summary>How many events ran.</summary>
    public long Ran { get; private set; }

    /// <summary>Called after each event.</summary>
    public Action? AfterEvent { get; set; }

    /// <summary>The machine that the event under way, or the last one, happened on.</summary>
    public VirtualMachine? Scene { get; set; }

    /// <summary>So long may the application's work wait for operations of nodes.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromHours(1);

    public void Add(long due, VirtualEvent happening) => _events.Add(Math.Max(due, NowTicks), happening);

    public void At(TimeSpan due, Action action) => Add(due.Ticks, new ActionEvent(action));

    /// <summary>An operation of a node begins, for which somebody waits.</summary>
    public long BeginOperation(string name)
    {
        ThrowIfElsewhere();
        _operations.Add(++_operation, new Operation(name, Now));
        return _operation;
    }

    public void EndOperation(long operation) => _operations.Remove(operation);

    /// <summary>Runs all that happens within a time.</summary>
    public void Run(TimeSpan time)
    {
        long end = NowTicks + time.Ticks;
        Pump(() => _events.NextDue <= end);
        NowTicks = end;
    }

    /// <summary>Runs all that happens until some work of the application has ended.</summary>
    public void Run(Func<Task> work)
    {
        Task? task = null;
        Pump(() =>
        {
            if (task is null)
            {
                Context.Run(() => task = work());
            }

            ThrowIfStuck(task!);
            return !task!.IsCompleted;
        });
        task!.GetAwaiter().GetResult();
    }

    /// <summary>Whoever comes from another thread has left virtual time, and nothing would be the same again from the same seed.</summary>
    public void ThrowIfElsewhere()
    {
        if (_pump is not null && _pump != Thread.CurrentThread)
        {
            throw new InvalidOperationException(
                "A virtual network is used from another thread while it runs. Await only what the network, its nodes and its TimeProvider give; "
                + "Task.Run, Task.Delay without the TimeProvider, and real input and output leave virtual time, "
                + "and after ConfigureAwait(false) so do Task.Yield, channels and semaphores.");
        }
    }

    private void Pump(Func<bool> goesOn)
    {
        if (_pump is not null)
        {
            throw new InvalidOperationException("The network runs already. Inside Run, await its tasks instead of calling Run again.");
        }

        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _pump = Thread.CurrentThread;
        try
        {
            while (goesOn())
            {
                RunNext();
            }
        }
        finally
        {
            _pump = null;
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void RunNext()
    {
        NowTicks = _events.NextDue;
        Scene = null;
        _events.Take().Run();
        if (++Ran % CheckInterval == 0)
        {
            Scene?.Node?.Core.AssertInvariants();
        }

        AfterEvent?.Invoke();
    }

    /// <summary>Work that waits for no timer and no continuation of its own can be woken by operations of nodes alone, and those end.</summary>
    private void ThrowIfStuck(Task task)
    {
        bool onlyOperations = Clock.Armed == 0 && Context.Pending == 0;
        if (!task.IsCompleted && (_events.Count == 0 || (onlyOperations && _operations.Values.All(o => Now - o.Since > Patience))))
        {
            throw new VirtualDeadlockException(Now, Waiting());
        }
    }

    private string[] Waiting() => [.. _operations.OrderBy(o => o.Key).Select(o => $"{o.Value.Name}, since {o.Value.Since}")];

    private readonly record struct Operation(string Name, TimeSpan Since);

    private sealed class ActionEvent(Action action) : VirtualEvent
    {
        public override void Run() => action();
    }
}
