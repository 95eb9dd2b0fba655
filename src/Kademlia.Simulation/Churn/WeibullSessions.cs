namespace Kademlia.Simulation;

/// <summary>Sessions as measured in networks of users: many short ones and a few very long (Stutzbach and Rejaie, 2006).</summary>
/// <remarks>With a shape of 1 they are exponential.</remarks>
public sealed class WeibullSessions : SessionTimes
{
    private readonly double _scaleTicks;
    private readonly double _shape;

    /// <summary>Makes a model.</summary>
    /// <param name="median">Half of the sessions are shorter.</param>
    /// <param name="shape">How much they differ: the smaller, the more; measured networks lie between 0.34 and 0.59.</param>
    public WeibullSessions(TimeSpan median, double shape = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(median, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(shape, 0);
        _shape = shape;
        _scaleTicks = median.Ticks / Math.Pow(Math.Log(2), 1 / shape);
    }

    /// <inheritdoc/>
    public override TimeSpan Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double ticks = _scaleTicks * Math.Pow(-Math.Log(1 - random.NextDouble()), 1 / _shape);
        return TimeSpan.FromTicks((long)Math.Min(ticks, TimeSpan.FromDays(365).Ticks));
    }
}
