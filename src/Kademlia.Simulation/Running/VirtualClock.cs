namespace Kademlia.Simulation.Running;

/// <summary>A clock of the virtual world: the application's own, or a machine's, which may be wrong, jump and stand still.</summary>
internal sealed class VirtualClock(VirtualWorld world, VirtualMachine? machine = null) : TimeProvider
{
    private long _pausedUntil;

    public VirtualWorld World { get; } = world;

    /// <summary>Whose clock it is; null for the application's.</summary>
    public VirtualMachine? Machine { get; } = machine;

    /// <summary>How far the wall clock is ahead of the true time.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>How many of the clock's timers wait for something.</summary>
    public int Armed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => VirtualWorld.Beginning + World.Now + Skew;

    public override long GetTimestamp()
    {
        World.ThrowIfElsewhere();
        return World.NowTicks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new VirtualTimer(this, callback, state, dueTime, period);

    /// <summary>Nothing happens on the machine until then; it happens all at once afterwards.</summary>
    public void PauseUntil(TimeSpan time) => _pausedUntil = Math.Max(_pausedUntil, time.Ticks);

    public bool IsPaused(out long until)
    {
        until = _pausedUntil;
        return World.NowTicks < until;
    }

    internal void OnArmed(bool wasArmed, bool isArmed) => Armed += (isArmed ? 1 : 0) - (wasArmed ? 1 : 0);
}
