namespace Kademlia.Admission;

/// <summary>How often something may happen: a steady rate, and how much of it at once.</summary>
/// <param name="PerSecond">The steady rate.</param>
/// <param name="Burst">How many may come at once after a pause.</param>
internal readonly record struct Rate(int PerSecond, int Burst)
{
    /// <summary>What one event costs in time.</summary>
    public long TicksEach => TimeSpan.TicksPerSecond / PerSecond;
}
