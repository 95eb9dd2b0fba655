using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;

namespace Kademlia.Tests.Admission;

public class SlidingMinuteTests
{
    [Fact]
    public void SpentBy_AnySpending_IsBetweenTheLastMinuteAndTheLastEightySeconds()
    {
        Gen<(int Milliseconds, int Amount)> steps =
            from milliseconds in Gen.OneOf(Gen.Choose(0, 3000), Gen.Choose(0, 90_000), Gen.Elements(20_000, 60_000))
            from amount in Gen.Choose(0, 3000)
            select (milliseconds, amount);

        Prop.ForAll(steps.ArrayOf().ToArbitrary(), cast =>
        {
            SlidingMinute minute = default;
            List<(TimeSpan At, int Amount)> spent = [];
            TimeSpan now = default;
            foreach ((int milliseconds, int amount) in cast)
            {
                now += TimeSpan.FromMilliseconds(milliseconds);
                if (minute.SpentBy(now) + amount <= SlidingMinute.MaxBudget)
                {
                    minute.Spend(amount, now);
                    spent.Add((now, amount));
                }

                int lastMinute = spent.Where(s => s.At >= now - TimeSpan.FromSeconds(60)).Sum(s => s.Amount);
                int lastEighty = spent.Where(s => s.At > now - TimeSpan.FromSeconds(80)).Sum(s => s.Amount);
                int reported = minute.SpentBy(now);
                if (reported < lastMinute || reported > lastEighty)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SpentBy_EightySecondsAfterTheBudgetWasSpent_IsZero()
    {
        SlidingMinute minute = default;
        minute.Spend(SlidingMinute.MaxBudget, default);

        Assert.Equal(SlidingMinute.MaxBudget, minute.SpentBy(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, minute.SpentBy(TimeSpan.FromSeconds(80)));
        Assert.Equal(0, minute.SpentBy(TimeSpan.FromDays(10_000)));
    }
}
