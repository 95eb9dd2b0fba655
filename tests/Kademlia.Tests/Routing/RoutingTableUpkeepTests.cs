using Kademlia.Routing;
using static Kademlia.Tests.Routing.Small;

namespace Kademlia.Tests.Routing;

public class RoutingTableUpkeepTests
{
    private static RoutingTable Table(params int[] bits)
    {
        RoutingTable table = new(Id(0b0000), new RoutingTableOptions { BucketSize = 2 });
        for (int i = 0; i < bits.Length; i++)
        {
            table.Add(Contact(bits[i]), At(i), out _);
        }

        return table;
    }

    [Fact]
    public void TryGetQuestionable_AllSeenLately_IsFalse() =>
        Assert.False(Table(0b1000, 0b0100).TryGetQuestionable(At(5), At(10), out _));

    [Fact]
    public void TryGetQuestionable_SomeSilent_NamesTheMostSilentOnce()
    {
        RoutingTable table = Table(0b1000, 0b0100, 0b0010);
        table.OnReply(Contact(0b1000), At(5));
        Assert.True(table.TryGetQuestionable(At(12), At(10), out Contact first));
        Assert.True(table.TryGetQuestionable(At(12), At(10), out Contact second));
        Assert.Equal((Contact(0b0100), Contact(0b0010)), (first, second));
        Assert.False(table.TryGetQuestionable(At(12), At(10), out _));
    }

    [Fact]
    public void TryGetQuestionable_FailedBefore_IsNamedAgainSooner()
    {
        RoutingTable table = Table(0b1000);
        table.OnFailure(Contact(0b1000), At(100));
        Assert.False(table.TryGetQuestionable(At(109), At(40), out _));
        Assert.True(table.TryGetQuestionable(At(110), At(40), out _));
    }

    [Fact]
    public void HasKnown_AnsweredMeanwhile_CountsFromTheFirstMeeting()
    {
        RoutingTable table = Table(0b1000);
        table.OnFailure(Contact(0b1000), At(5));
        table.OnReply(Contact(0b1000), At(6));
        table.Add(Contact(0b1000), At(7), out _);
        Assert.False(table.HasKnown(Contact(0b1000), At(10), At(9)));
        Assert.True(table.HasKnown(Contact(0b1000), At(10), At(10)));
    }

    [Fact]
    public void TryGetBucketToRefresh_NoLookupYet_NamesEveryRangeOnce()
    {
        RoutingTable table = Table(0b1000, 0b0100, 0b0010, 0b0011, 0b0001);
        Random random = new(1);
        HashSet<int> prefixes = [];
        while (table.TryGetBucketToRefresh(At(9), At(60), random, out NodeId target))
        {
            Assert.True(prefixes.Add(Math.Min(table.Self.CommonPrefixLength(target), table.BucketCount - 1)));
            table.OnLookup(target, At(9));
        }

        Assert.Equal(table.BucketCount, prefixes.Count);
    }

    [Fact]
    public void IsSettled_FullRangeOfWhomAllAnswer_IsTrueUntilOneFails()
    {
        RoutingTable table = Table(0b0100, 0b0010, 0b1000);
        Assert.False(table.IsSettled(Id(0b1100)));
        table.Add(Contact(0b1001), At(3), out _);
        Assert.True(table.IsSettled(Id(0b1100)));
        table.OnFailure(Contact(0b1001), At(4));
        Assert.False(table.IsSettled(Id(0b1100)));
        table.OnReply(Contact(0b1001), At(5));
        Assert.True(table.IsSettled(Id(0b1100)));
    }

    [Fact]
    public void IsSettled_RangeOfOurOwn_IsFalseForItHasNoEnd()
    {
        RoutingTable table = Table(0b0001, 0b0010, 0b1000, 0b1001);
        Assert.False(table.IsSettled(Id(0b0011)));
    }

    [Fact]
    public void TryGetBucketToRefresh_LookedIntoLately_IsFalseUntilTheIntervalIsOver()
    {
        RoutingTable table = Table();
        table.OnLookup(Id(0b1000), At(100));
        Assert.False(table.TryGetBucketToRefresh(At(159), At(60), new Random(1), out _));
        Assert.True(table.TryGetBucketToRefresh(At(160), At(60), new Random(1), out _));
    }
}
