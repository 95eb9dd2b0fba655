using Kademlia.Core;

namespace Kademlia.Tests.Core;

/// <summary>Drift is taken over at once, a jump when a later reading confirms it.</summary>
public sealed class WallClockTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    private readonly WallClock _clock = new();

    public WallClockTests() => Observe(0, 0);

    [Fact]
    public void SecondsAt_BetweenReadings_FollowsMonotonicTime() =>
        Assert.Equal(1_000_090, _clock.SecondsAt(TimeSpan.FromSeconds(90.9)));

    /// <summary>Of two nodes that follow each other under one identity, the later one's sequences are the greater.</summary>
    [Theory]
    [InlineData(0.0, 0.9)]
    [InlineData(0.9, 0.0)]
    [InlineData(41.25, 0.75)]
    public void MillisecondsAt_WhereverInASecondTheNodeBegan_AreThoseOfTheWall(double now, double wall)
    {
        WallClock clock = new();
        clock.Observe(TimeSpan.FromSeconds(now), Start + TimeSpan.FromSeconds(wall));
        Assert.Equal(Start.ToUnixTimeMilliseconds() + (long)(1000 * (wall + 0.5)), clock.MillisecondsAt(TimeSpan.FromSeconds(now + 0.5)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public void Observe_Drift_IsTakenAtOnce(int drift)
    {
        Observe(60, 60 + drift);
        Assert.Equal(1_000_060 + drift, At(60));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-6)]
    [InlineData(1_000_000)]
    public void Observe_Jump_IsTakenWhenConfirmed(int jump)
    {
        Observe(60, 60 + jump);
        Assert.Equal(1_000_060, At(60));
        Observe(89, 89 + jump);
        Assert.Equal(1_000_089, At(89));
        Observe(90, 90 + jump);
        Assert.Equal(1_000_090 + jump, At(90));
    }

    [Fact]
    public void Observe_JumpThatIsTakenBack_ChangesNothingAndMustBeConfirmedAnew()
    {
        Observe(60, 10_060);
        Observe(120, 120);
        Observe(180, 10_180);
        Assert.Equal(1_000_180, At(180));
    }

    [Fact]
    public void Observe_JumpsToDifferentTimes_AreNotConfirmedByEachOther()
    {
        Observe(60, 10_060);
        Observe(120, 20_120);
        Assert.Equal(1_000_120, At(120));
        Observe(180, 20_180);
        Assert.Equal(1_020_180, At(180));
    }

    [Fact]
    public void Observe_SlowDrift_IsFollowedHoweverFarItLeads()
    {
        for (int minute = 1; minute <= 100; minute++)
        {
            Observe(minute * 60, minute * 63);
        }

        Assert.Equal(1_006_300, At(6000));
    }

    private long At(int second) => _clock.SecondsAt(TimeSpan.FromSeconds(second));

    private void Observe(int now, int wall) => _clock.Observe(TimeSpan.FromSeconds(now), Start.AddSeconds(wall));
}
