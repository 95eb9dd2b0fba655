using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Core;

namespace Kademlia.Tests.Core;

public class RoundTripEstimatorTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    private static readonly Gen<TimeSpan> RoundTrips = Gen.OneOf(
        Gen.Choose(1, 5_000_000).Select(microseconds => TimeSpan.FromMicroseconds((long)microseconds)),
        Gen.Choose(100, 400).Select(milliseconds => TimeSpan.FromMilliseconds((long)milliseconds)));

    [Fact]
    public void TimeoutOr_NothingMeasured_IsTheFirstTimeout()
    {
        Assert.False(default(RoundTripEstimator).HasMeasured);
        Assert.Equal(First, default(RoundTripEstimator).TimeoutOr(First));
    }

    [Fact]
    public void With_FirstRoundTrip_WaitsTwiceAsLong()
    {
        RoundTripEstimator estimator = default(RoundTripEstimator).With(TimeSpan.FromMilliseconds(100));

        Assert.True(estimator.HasMeasured);
        Assert.Equal(TimeSpan.FromMilliseconds(100), estimator.RoundTrip);
        Assert.Equal(TimeSpan.FromMilliseconds(25), estimator.Variation);
        Assert.Equal(TimeSpan.FromMilliseconds(200), estimator.TimeoutOr(First));
    }

    [Fact]
    public void With_SecondRoundTrip_FollowsTheWeightsOfTheRfc()
    {
        RoundTripEstimator estimator = After(100, 180);

        Assert.Equal(TimeSpan.FromMilliseconds(110), estimator.RoundTrip);
        Assert.Equal(TimeSpan.FromMilliseconds(38.75), estimator.Variation);
        Assert.Equal(TimeSpan.FromMilliseconds(265), estimator.TimeoutOr(First));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public void TimeoutOr_InstantReplies_IsTheMinimum(int microseconds)
    {
        RoundTripEstimator estimator = default(RoundTripEstimator).With(TimeSpan.FromMicroseconds((long)microseconds));

        Assert.True(estimator.HasMeasured);
        Assert.Equal(RoundTripEstimator.MinTimeout, estimator.TimeoutOr(First));
    }

    [Fact]
    public void TimeoutOr_HugeRoundTrip_IsTheMaximum() =>
        Assert.Equal(RoundTripEstimator.MaxTimeout, default(RoundTripEstimator).With(TimeSpan.MaxValue).TimeoutOr(First));

    [Fact]
    public void TimeoutOr_SteadyRoundTrips_ApproachesThem()
    {
        RoundTripEstimator estimator = After([.. Enumerable.Repeat(120, 100)]);

        Assert.InRange(estimator.TimeoutOr(First).TotalMilliseconds, 120, 120.1);
    }

    [Fact]
    public void TimeoutOr_ContactTurnsSlow_RisesAtOnce()
    {
        RoundTripEstimator steady = After([.. Enumerable.Repeat(100, 50)]);

        Assert.True(steady.With(TimeSpan.FromMilliseconds(400)).TimeoutOr(First) > TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void Estimates_follow_the_formulas_of_the_rfc()
    {
        Prop.ForAll(RoundTrips.NonEmptyListOf().ToArbitrary(), roundTrips =>
        {
            RoundTripEstimator estimator = roundTrips.Aggregate(default(RoundTripEstimator), (e, roundTrip) => e.With(roundTrip));
            (double smoothed, double variation) = Model([.. roundTrips.Select(roundTrip => roundTrip.TotalMicroseconds)]);
            const double RoundingOfManySteps = 40;
            return Math.Abs(estimator.RoundTrip.TotalMicroseconds - smoothed) < RoundingOfManySteps
                && Math.Abs(estimator.Variation.TotalMicroseconds - variation) < RoundingOfManySteps;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Estimates_stay_within_what_was_measured_and_timeouts_within_their_bounds()
    {
        Prop.ForAll(RoundTrips.NonEmptyListOf().ToArbitrary(), roundTrips =>
        {
            RoundTripEstimator estimator = roundTrips.Aggregate(default(RoundTripEstimator), (e, roundTrip) => e.With(roundTrip));
            TimeSpan timeout = estimator.TimeoutOr(First);
            return estimator.RoundTrip >= roundTrips.Min()
                && estimator.RoundTrip <= roundTrips.Max()
                && timeout >= RoundTripEstimator.MinTimeout
                && timeout <= RoundTripEstimator.MaxTimeout;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_estimator_is_eight_bytes() => Assert.Equal(8, Unsafe.SizeOf<RoundTripEstimator>());

    private static RoundTripEstimator After(params int[] milliseconds) =>
        milliseconds.Aggregate(default(RoundTripEstimator), (e, sample) => e.With(TimeSpan.FromMilliseconds((long)sample)));

    private static (double Smoothed, double Variation) Model(double[] samples)
    {
        (double smoothed, double variation) = (samples[0], samples[0] / 4);
        foreach (double sample in samples.Skip(1))
        {
            variation = (0.75 * variation) + (0.25 * Math.Abs(smoothed - sample));
            smoothed = (0.875 * smoothed) + (0.125 * sample);
        }

        return (smoothed, variation);
    }
}
