namespace Kademlia.Core;

/// <summary>How long to wait for a peer of which no round trip was measured: as for one whose first round trip was the median of all peers' first ones.</summary>
/// <remarks>
/// A timeout that suits every path is too long for most: while a walk waits half a second for a dead contact, others could have answered.
/// It moves by a small part of itself with each peer that is measured for the first time. A reply that came after a second sending measures
/// nothing (Karn's rule); such a peer's next request has the time that is configured, and then it is measured, and counts.
/// </remarks>
internal sealed class FirstTimeout
{
    /// <summary>The timeout is halved at most: who met only its own network has patience with others still.</summary>
    private const int LeastPart = 2;

    private const double Gain = 1.0 / 32;

    private readonly TimeSpan _most;

    public FirstTimeout(TimeSpan most) => Value = _most = most;

    /// <summary>The timeout for the next request to such a peer.</summary>
    public TimeSpan Value { get; private set; }

    /// <summary>The first round trip to a peer was measured.</summary>
    public void OnRoundTrip(TimeSpan roundTrip)
    {
        bool isMore = default(RoundTripEstimator).With(roundTrip).TimeoutOr(_most) > Value;
        TimeSpan next = Value * (isMore ? 1 + Gain : 1 - Gain);
        Value = TimeSpan.FromTicks(Math.Clamp(next.Ticks, (_most / LeastPart).Ticks, _most.Ticks));
    }
}
