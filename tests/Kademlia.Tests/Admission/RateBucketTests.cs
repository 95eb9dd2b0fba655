using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;

namespace Kademlia.Tests.Admission;

public class RateBucketTests
{
    [Fact]
    public void TryTake_AnySequence_KeepsToTheRateInEverySpan()
    {
        Gen<(Rate Rate, int[] Gaps)> cases =
            from perSecond in Gen.Elements(1, 3, 40, 2000)
            from burst in Gen.Choose(1, 20)
            from gaps in Gen.Choose(0, 3 * 1_000_000 / perSecond).ArrayOf(100)
            select (new Rate(perSecond, burst), gaps);

        Prop.ForAll(cases.ToArbitrary(), c => IsWithinRate(TakenAt(c.Rate, c.Gaps), c.Rate)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TryTake_WithinTheRate_IsNeverRefused()
    {
        Rate rate = new(PerSecond: 40, Burst: 1);
        RateBucket bucket = default;

        Assert.All(Enumerable.Range(0, 1000), i => Assert.True(bucket.TryTake(rate, TimeSpan.FromMilliseconds(25 * i))));
    }

    [Fact]
    public void TryTake_AfterAPause_GivesTheBurstAndNoMore()
    {
        Rate rate = new(PerSecond: 10, Burst: 5);
        RateBucket bucket = default;

        for (int hour = 0; hour < 3; hour++)
        {
            Assert.Equal(5, Enumerable.Range(0, 100).Count(_ => bucket.TryTake(rate, TimeSpan.FromHours(hour))));
        }
    }

    [Fact]
    public void HasRoom_AtAnyTime_TellsWhatTryTakeWouldDo()
    {
        Prop.ForAll(Gen.Choose(0, 100_000).ArrayOf(100).ToArbitrary(), gaps =>
        {
            Rate rate = new(PerSecond: 20, Burst: 3);
            RateBucket bucket = default;
            TimeSpan now = default;
            return gaps.All(gap =>
            {
                now += TimeSpan.FromMicroseconds(gap);
                return bucket.HasRoom(rate, now) == bucket.TryTake(rate, now);
            });
        }).QuickCheckThrowOnFailure();
    }

    internal static bool IsWithinRate(IReadOnlyList<TimeSpan> taken, Rate rate) =>
        Enumerable.Range(0, taken.Count).All(first => Enumerable.Range(first, taken.Count - first).All(last =>
            last - first + 1 <= rate.Burst + ((taken[last] - taken[first]).Ticks / rate.TicksEach)));

    private static List<TimeSpan> TakenAt(Rate rate, int[] microsecondGaps)
    {
        RateBucket bucket = default;
        TimeSpan now = default;
        List<TimeSpan> taken = [];
        foreach (int gap in microsecondGaps)
        {
            now += TimeSpan.FromMicroseconds(gap);
            if (bucket.TryTake(rate, now))
            {
                taken.Add(now);
            }
        }

        return taken;
    }
}
