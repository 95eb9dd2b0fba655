namespace Kademlia.Admission;

/// <summary>A token bucket in one word: the time at which it will be full again.</summary>
/// <remarks>The default value is a full bucket. In any span of time, <see cref="Rate.Burst"/> and the rate times the span may be taken.</remarks>
internal struct RateBucket
{
    private long _fullAt;

    /// <summary>Whether one may be taken.</summary>
    public readonly bool HasRoom(Rate rate, TimeSpan now) =>
        Math.Max(_fullAt, now.Ticks) + rate.TicksEach <= now.Ticks + (rate.Burst * rate.TicksEach);

    /// <summary>Takes one, when there is one.</summary>
    public bool TryTake(Rate rate, TimeSpan now)
    {
        bool room = HasRoom(rate, now);
        _fullAt = room ? Math.Max(_fullAt, now.Ticks) + rate.TicksEach : _fullAt;
        return room;
    }
}
