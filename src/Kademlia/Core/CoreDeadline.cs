namespace Kademlia.Core;

/// <summary>Does something when a time has passed, unless it is disposed before.</summary>
internal sealed class CoreDeadline : CoreTimer, IDisposable
{
    private readonly NodeCore _core;
    private readonly Action _onDue;

    public CoreDeadline(NodeCore core, TimeSpan time, Action onDue)
    {
        _core = core;
        _onDue = onDue;
        core.Timers.Schedule(this, core.Now + time);
    }

    public override void OnDue(TimeSpan now) => _onDue();

    public void Dispose() => _core.Timers.Cancel(this);
}
