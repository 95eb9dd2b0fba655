namespace Kademlia.Simulation.Running;

/// <summary>A machine's processor: effects take a fixed time, handlers and callers go on in events of their own.</summary>
internal sealed class VirtualDispatcher(VirtualMachine machine, VirtualWorld world) : NodeDispatcher
{
    /// <summary>What signing, verifying or reading the disk takes: an ECDSA verification on P-256 takes as long.</summary>
    private static readonly TimeSpan EffectTime = TimeSpan.FromMicroseconds(300);

    private bool _off;

    /// <summary>The machine lost its power: work that is not done yet never is. Callers are still told.</summary>
    public void TurnOff() => _off = true;

    public override void Compute(Action work) => WhenRunning(world.Now + EffectTime, work);

    public override void Invoke(Action handler) => WhenRunning(world.Now, () => world.Context.Run(handler));

    public override void Complete(Action completion) => world.At(world.Now, completion);

    public override long Begin(string operation) => world.BeginOperation($"{operation} of {machine}");

    public override void End(long operation) => world.EndOperation(operation);

    private void WhenRunning(TimeSpan due, Action work) => world.At(due, () =>
    {
        if (machine.Clock.IsPaused(out long until))
        {
            WhenRunning(new TimeSpan(until), work);
        }
        else if (!_off)
        {
            world.Scene = machine;
            work();
        }
    });
}
