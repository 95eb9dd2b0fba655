namespace Kademlia.Simulation;

/// <summary>Round trips as on the Internet: lognormal over pairs of addresses, so that near and far nodes stay near and far, with jitter.</summary>
public sealed class LognormalLatency : Latency
{
    private readonly double _medianTicks;
    private readonly double _sigma;
    private readonly double _jitter;

    /// <summary>Makes a model.</summary>
    /// <param name="medianRoundTrip">The median round trip; 150 ms when null.</param>
    /// <param name="sigma">How far pairs differ: with 0.5, one of a hundred round trips is above 3.2 times the median.</param>
    /// <param name="jitter">How much each datagram takes longer, at most, as a part of its time.</param>
    public LognormalLatency(TimeSpan? medianRoundTrip = null, double sigma = 0.5, double jitter = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sigma);
        ArgumentOutOfRangeException.ThrowIfNegative(jitter);
        _medianTicks = (medianRoundTrip ?? TimeSpan.FromMilliseconds(150)).Ticks;
        _sigma = sigma;
        _jitter = jitter;
    }

    /// <summary>The round trip between two places, without jitter.</summary>
    public TimeSpan RoundTrip(PeerEndPoint one, PeerEndPoint other) =>
        TimeSpan.FromTicks((long)(_medianTicks * Math.Exp(_sigma * Normal(Mix(Place(one) ^ Place(other))))));

    /// <inheritdoc/>
    public override TimeSpan OneWay(PeerEndPoint source, PeerEndPoint destination, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return RoundTrip(source, destination) / 2 * (1 + (_jitter * random.NextDouble()));
    }

    /// <summary>A number for a place; a pair's is the same in both directions.</summary>
    private static ulong Place(PeerEndPoint endPoint) => Mix(endPoint.High ^ (endPoint.Low * 31));

    /// <summary>Box and Muller's transform of the two halves of a well mixed number.</summary>
    private static double Normal(ulong mixed)
    {
        double radius = ((mixed >> 32) + 1) / (double)(1UL << 32);
        double angle = (mixed & uint.MaxValue) / (double)(1UL << 32);
        return Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
    }

    /// <summary>The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
        value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
        return value ^ (value >> 31);
    }
}
