using FsCheck;
using FsCheck.Fluent;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

public class ReplayWindowTests
{
    [Fact]
    public void IsFresh_AnyOrder_IsAsANaiveSetSays() =>
        Prop.ForAll(Gen.Choose(0, 3 * ReplayWindow.Length).ListOf().ToArbitrary(), counters =>
        {
            ReplayWindow window = new();
            HashSet<long> seen = [];
            long highest = -1;
            foreach (long counter in counters.Concat(counters))
            {
                bool expected = !seen.Contains(counter) && counter > highest - ReplayWindow.Length;
                if (window.IsFresh(counter) != expected)
                {
                    return false;
                }

                if (expected)
                {
                    window.Mark(counter);
                    seen.Add(counter);
                    highest = long.Max(highest, counter);
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(ReplayWindow.Length - 1)]
    public void IsFresh_WithinTheWindow_IsExact(int behind)
    {
        const long Highest = 1L << 39;
        ReplayWindow window = new();
        window.Mark(Highest);
        Assert.Equal(behind != 0, window.IsFresh(Highest - behind));
        if (behind != 0)
        {
            window.Mark(Highest - behind);
        }

        Assert.False(window.IsFresh(Highest - behind));
        Assert.True(window.IsFresh(Highest + 1));
    }

    [Fact]
    public void IsFresh_BehindTheWindow_IsFalse()
    {
        ReplayWindow window = new();
        window.Mark(50000);
        Assert.False(window.IsFresh(50000 - ReplayWindow.Length));
        Assert.True(window.IsFresh(50000 - ReplayWindow.Length + 1));
    }
}
