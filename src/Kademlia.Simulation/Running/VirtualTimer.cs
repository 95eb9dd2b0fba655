namespace Kademlia.Simulation.Running;

/// <summary>A timer on virtual time. It stays in the heap when it is moved to a later time, and looks again when it gets there.</summary>
internal sealed class VirtualTimer : VirtualEvent, ITimer
{
    private readonly VirtualClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private long _armedFor = long.MaxValue;
    private long _queuedFor = long.MaxValue;
    private long _period;

    public VirtualTimer(VirtualClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _clock = clock;
        _callback = callback;
        _state = state;
        Change(dueTime, period);
    }

    public bool IsArmed => _armedFor != long.MaxValue;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period > TimeSpan.Zero ? period.Ticks : 0;
        Arm(dueTime < TimeSpan.Zero ? long.MaxValue : _clock.World.NowTicks + dueTime.Ticks);
        return true;
    }

    public override void Run()
    {
        long now = _clock.World.NowTicks;
        _queuedFor = now >= _queuedFor ? long.MaxValue : _queuedFor;
        if (_armedFor > now)
        {
            Queue();
        }
        else if (_clock.IsPaused(out long until))
        {
            Arm(until);
        }
        else
        {
            Arm(_period > 0 ? now + _period : long.MaxValue);
            _clock.World.Scene = _clock.Machine;
            _callback(_state);
        }
    }

    public void Dispose() => Arm(long.MaxValue);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Arm(long due)
    {
        _clock.OnArmed(wasArmed: IsArmed, isArmed: due != long.MaxValue);
        _armedFor = due;
        Queue();
    }

    private void Queue()
    {
        if (_armedFor < _queuedFor)
        {
            _queuedFor = _armedFor;
            _clock.World.Add(_armedFor, this);
        }
    }
}
