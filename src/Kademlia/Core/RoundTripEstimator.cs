namespace Kademlia.Core;

/// <summary>Learns how long a contact takes to answer, and so how long to wait for it (RFC 6298).</summary>
/// <remarks>
/// <para>
/// Eight bytes, because every contact has one: the smoothed round trip and its variation, in microseconds. The default
/// value has measured nothing.
/// </para>
/// <para>
/// Implementation notes. The lower bound is 50 ms where the RFC has 1 s: a request that is sent again too early costs one
/// datagram, and no congestion window collapses by it; so the first variation is a quarter of the first round trip, not half. A round trip may be measured of a retransmitted request too
/// when the reply tells which sending it answers; otherwise, by Karn's rule (section 3 of the RFC), it must not.
/// </para>
/// </remarks>
internal readonly record struct RoundTripEstimator
{
    /// <summary>The shortest time that a contact is waited for: what a busy process or a garbage collection may take.</summary>
    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest time that a contact is waited for before it counts as slow.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(5);

    // α = 1/8, β = 1/4 and K = 4 of RFC 6298, section 2.
    private const int SmoothingParts = 8;
    private const int VariationParts = 4;
    private const int VariationWeight = 4;

    private const int FirstVariationParts = 4;

    private readonly uint _smoothed;
    private readonly uint _variation;

    private RoundTripEstimator(long smoothed, long variation)
    {
        _smoothed = (uint)smoothed;
        _variation = (uint)variation;
    }

    /// <summary>Whether anything was measured.</summary>
    public bool HasMeasured => _smoothed != 0;

    /// <summary>The smoothed round trip; zero when nothing was measured.</summary>
    public TimeSpan RoundTrip => TimeSpan.FromMicroseconds((long)_smoothed);

    /// <summary>How much round trips vary; zero when nothing was measured.</summary>
    public TimeSpan Variation => TimeSpan.FromMicroseconds((long)_variation);

    /// <summary>How long to wait for the next reply.</summary>
    /// <param name="firstTimeout">What holds until something was measured.</param>
    public TimeSpan TimeoutOr(TimeSpan firstTimeout)
    {
        TimeSpan timeout = HasMeasured ? RoundTrip + (VariationWeight * Variation) : firstTimeout;
        return TimeSpan.FromTicks(Math.Clamp(timeout.Ticks, MinTimeout.Ticks, MaxTimeout.Ticks));
    }

    /// <summary>The estimate with one more measured round trip.</summary>
    /// <remarks>Round trips count as 1 µs at least and <see cref="MaxTimeout"/> at most.</remarks>
    public RoundTripEstimator With(TimeSpan roundTrip)
    {
        long sample = Math.Clamp(roundTrip.Ticks, TimeSpan.TicksPerMicrosecond, MaxTimeout.Ticks) / TimeSpan.TicksPerMicrosecond;
        if (!HasMeasured)
        {
            return new RoundTripEstimator(sample, sample / FirstVariationParts);
        }

        long deviation = Math.Abs(_smoothed - sample);
        return new RoundTripEstimator(
            (((long)_smoothed * (SmoothingParts - 1)) + sample) / SmoothingParts,
            (((long)_variation * (VariationParts - 1)) + deviation) / VariationParts);
    }
}
