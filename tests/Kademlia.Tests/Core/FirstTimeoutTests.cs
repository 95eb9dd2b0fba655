using Kademlia.Core;

namespace Kademlia.Tests.Core;

public class FirstTimeoutTests
{
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void Value_NothingMeasured_IsTheGivenOne() => Assert.Equal(Most, new FirstTimeout(Most).Value);

    [Fact]
    public void OnRoundTrip_AsOnTheInternet_IsTwiceTheMedian()
    {
        Random random = new(1);
        FirstTimeout timeout = new(Most);
        for (int i = 0; i < 1000; i++)
        {
            timeout.OnRoundTrip(TimeSpan.FromMilliseconds(180 * Math.Exp(random.NextDouble() - 0.5)));
        }

        Assert.InRange(timeout.Value.TotalMilliseconds, 310, 410);
    }

    [Theory]
    [InlineData(0.1, 250)]
    [InlineData(400, 500)]
    public void OnRoundTrip_ManyMuchFasterOrSlower_StaysBetweenTheHalfAndTheWhole(double roundTrip, double bound)
    {
        FirstTimeout timeout = new(Most);
        for (int i = 0; i < 1000; i++)
        {
            timeout.OnRoundTrip(TimeSpan.FromMilliseconds(roundTrip));
        }

        Assert.Equal(bound, timeout.Value.TotalMilliseconds, precision: 6);
    }

    [Fact]
    public void OnRoundTrip_AfterFastPeersSlowOnes_RisesAgain()
    {
        FirstTimeout timeout = new(Most);
        for (int i = 0; i < 100; i++)
        {
            timeout.OnRoundTrip(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(Most / 2, timeout.Value);
        for (int i = 0; i < 100; i++)
        {
            timeout.OnRoundTrip(TimeSpan.FromMilliseconds(300));
        }

        Assert.Equal(Most, timeout.Value);
    }
}
