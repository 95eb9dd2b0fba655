namespace Kademlia.Simulation.Running;

/// <summary>Where the application's <c>async</c> code goes on: each continuation is an event of its own, at the instant at which it was posted.</summary>
internal sealed class VirtualContext(VirtualWorld world) : SynchronizationContext
{
    /// <summary>Continuations that were posted and have not run.</summary>
    public int Pending { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        Pending++;
        world.At(world.Now, () =>
        {
            Pending--;
            Run(() => d(state));
        });
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        world.ThrowIfElsewhere();
        Run(() => d(state));
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs code of the application, which may await.</summary>
    public void Run(Action action)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
