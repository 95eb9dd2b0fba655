namespace Kademlia.Simulation;

/// <summary>How long nodes stay.</summary>
public abstract class SessionTimes
{
    /// <summary>The length of one session.</summary>
    /// <param name="random">The only source of randomness that may be used.</param>
    public abstract TimeSpan Draw(Random random);
}
