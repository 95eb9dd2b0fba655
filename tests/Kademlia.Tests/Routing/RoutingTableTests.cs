using Kademlia.Routing;
using static Kademlia.Tests.Routing.Small;

namespace Kademlia.Tests.Routing;

public class RoutingTableTests
{
    private static RoutingTable Table(params int[] bits)
    {
        RoutingTable table = new(Id(0b0000), new RoutingTableOptions { BucketSize = 2, ReplacementsPerBucket = 2, MaxFailures = 2 });
        for (int i = 0; i < bits.Length; i++)
        {
            Assert.Equal(AddOutcome.Added, table.Add(Contact(bits[i]), At(i), out _));
        }

        return table;
    }

    /// <summary>A table whose farthest bucket, 1xxx, is full: the two closer buckets hold two contacts together.</summary>
    private static RoutingTable TableWithFullFarBucket() => Table(0b0100, 0b0010, 0b1000, 0b1001);

    [Fact]
    public void Add_Self_IsRejected() =>
        Assert.Equal(AddOutcome.Rejected, Table().Add(Contact(0b0000), At(0), out _));

    [Fact]
    public void Add_KnownContact_IsRefreshed()
    {
        RoutingTable table = Table(0b1000, 0b1001);
        Assert.Equal(AddOutcome.Refreshed, table.Add(Contact(0b1000), At(9), out _));
        Assert.Equal([Contact(0b1001), Contact(0b1000)], table.ToArray());
    }

    [Fact]
    public void Add_OwnBucketFull_Splits()
    {
        RoutingTable table = Table(0b1000, 0b0100);
        Assert.Equal(1, table.BucketCount);
        Assert.Equal(AddOutcome.Added, table.Add(Contact(0b0010), At(2), out _));
        Assert.Equal(2, table.BucketCount);
    }

    [Fact]
    public void Add_AllShareALongPrefixWithSelf_SplitsUntilThereIsRoom()
    {
        RoutingTable table = Table(0b0001, 0b0010, 0b0011);
        Assert.Equal(4, table.BucketCount);
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void Add_FarBucketFull_CachesAndNamesTheLeastRecentlySeen()
    {
        RoutingTable table = TableWithFullFarBucket();
        Assert.Equal(AddOutcome.Cached, table.Add(Contact(0b1100), At(9), out Contact questionable));
        Assert.Equal(Contact(0b1000), questionable);
        Assert.False(table.Contains(Contact(0b1100)));
    }

    [Fact]
    public void Add_FewerThanKAreCloser_KeepsMoreThanK() =>
        Assert.Equal(7, Table(0b0100, 0b1000, 0b1001, 0b1010, 0b1011, 0b1100, 0b1101).Count);

    [Fact]
    public void Add_FewerThanKAreCloser_KeepsAtMostThreeTimesK()
    {
        RoutingTable table = Table(0b0100, 0b1000, 0b1001, 0b1010, 0b1011, 0b1100, 0b1101);
        Assert.Equal(AddOutcome.Cached, table.Add(Contact(0b1110), At(9), out _));
    }

    [Fact]
    public void Add_IdKnownAtAnotherEndPoint_WaitsUntilThatOneFails()
    {
        RoutingTable table = Table(0b1000);
        Contact moved = Contact(0b1000) with { EndPoint = EndPoint(99) };
        Assert.Equal(AddOutcome.Cached, table.Add(moved, At(1), out Contact questionable));
        Assert.Equal(Contact(0b1000), questionable);
        Fail(table, Contact(0b1000));
        Assert.Equal([moved], table.ToArray());
    }

    [Fact]
    public void Add_EndPointKnownUnderAnotherId_IsRejected()
    {
        RoutingTable table = Table(0b1000);
        Assert.Equal(AddOutcome.Rejected, table.Add(new Contact(Id(0b0100), EndPoint(0b1000)), At(1), out Contact questionable));
        Assert.Equal(Contact(0b1000), questionable);
    }

    [Fact]
    public void Add_BucketFullWithAStaleContact_TakesItsPlace()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.OnFailure(Contact(0b1001), At(10));
        table.OnFailure(Contact(0b1001), At(11));
        Assert.True(table.Contains(Contact(0b1001)));
        Assert.Equal(AddOutcome.Added, table.Add(Contact(0b1100), At(12), out _));
        Assert.False(table.Contains(Contact(0b1001)));
    }

    [Fact]
    public void OnFailure_MaxFailuresWhileOthersAnswer_GivesWayToTheNewestReplacement()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.Add(Contact(0b1100), At(5), out _);
        table.Add(Contact(0b1101), At(6), out _);
        Fail(table, Contact(0b1000));
        Assert.False(table.Contains(Contact(0b1000)));
        Assert.True(table.Contains(Contact(0b1101)));
    }

    [Fact]
    public void OnFailure_NoReplacementWhileOthersAnswer_Leaves()
    {
        RoutingTable table = Table(0b1000, 0b0100);
        Fail(table, Contact(0b1000));
        Assert.Equal([Contact(0b0100)], table.ToArray());
    }

    [Fact]
    public void OnFailure_NobodyAnswers_EmptiesNothing()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.Add(Contact(0b1100), At(5), out _);
        Contact[] before = table.ToArray();
        for (int i = 0; i < 10; i++)
        {
            foreach (Contact contact in before)
            {
                table.OnFailure(contact, At(10 + i));
            }
        }

        Assert.Equal(before, table.ToArray());
    }

    [Fact]
    public void OnFailure_AnsweredInBetween_StartsAnew()
    {
        RoutingTable table = Table(0b1000, 0b0100);
        table.OnFailure(Contact(0b1000), At(10));
        table.OnReply(Contact(0b1000), At(11));
        table.OnReply(Contact(0b0100), At(12));
        table.OnFailure(Contact(0b1000), At(13));
        Assert.True(table.Contains(Contact(0b1000)));
    }

    [Fact]
    public void OnFailure_OfAReplacement_ForgetsIt()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.Add(Contact(0b1100), At(5), out _);
        table.OnFailure(Contact(0b1100), At(6));
        table.Remove(Contact(0b1000));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void OnReply_NotInTheTable_IsFalse()
    {
        RoutingTable table = Table(0b1000);
        Assert.False(table.OnReply(Contact(0b1001), At(1)));
        Assert.False(table.OnReply(Contact(0b1000) with { EndPoint = EndPoint(99) }, At(1)));
        Assert.True(table.OnReply(Contact(0b1000), At(1)));
    }

    [Fact]
    public void OnReply_OfAReplacement_MakesItTheNewest()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.Add(Contact(0b1100), At(5), out _);
        table.Add(Contact(0b1101), At(6), out _);
        Assert.False(table.OnReply(Contact(0b1100), At(7)));
        table.Remove(Contact(0b1000));
        Assert.True(table.Contains(Contact(0b1100)));
    }

    [Fact]
    public void OnIdChanged_KnownEndPoint_EvictsAndVerifiesTheBucketAgain()
    {
        RoutingTable table = Table(0b0100, 0b1000, 0b1001);
        Assert.True(table.OnIdChanged(EndPoint(0b1000), Id(0b0001), At(9)));
        Assert.Equal([Contact(0b1001), Contact(0b0100)], table.ToArray());
        Assert.True(table.TryGetQuestionable(At(9), At(1000), out Contact questionable));
        Assert.Equal(Contact(0b1001), questionable);
        Assert.False(table.TryGetQuestionable(At(9), At(1000), out _));
    }

    [Fact]
    public void OnIdChanged_SameIdOrUnknownEndPoint_ChangesNothing()
    {
        RoutingTable table = Table(0b1000);
        Assert.False(table.OnIdChanged(EndPoint(0b1000), Id(0b1000), At(1)));
        Assert.False(table.OnIdChanged(EndPoint(99), Id(0b1001), At(1)));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void OnIdChanged_EndPointOfAReplacement_ForgetsIt()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.Add(Contact(0b1100), At(5), out _);
        Assert.False(table.OnIdChanged(EndPoint(0b1100), Id(0b0001), At(6)));
        table.Remove(Contact(0b1000));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void Remove_WhileOneWaits_LetsItIn()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.Add(Contact(0b1100), At(5), out _);
        Assert.True(table.Remove(Contact(0b1001)));
        Assert.True(table.Contains(Contact(0b1100)));
        Assert.False(table.Remove(Contact(0b1001)));
    }

    [Fact]
    public void Remove_LeavesFewerThanKCloser_LetsInWhoWaitsFartherOut()
    {
        RoutingTable table = TableWithFullFarBucket();
        table.Add(Contact(0b1100), At(5), out _);
        table.Remove(Contact(0b0010));
        Assert.True(table.Contains(Contact(0b1100)));
    }

    [Fact]
    public void TryGet_ByIdAndByEndPoint_FindsTheContact()
    {
        RoutingTable table = TableWithFullFarBucket();
        Assert.True(table.TryGet(Id(0b1001), out Contact byId));
        Assert.True(table.TryGetByEndPoint(EndPoint(0b0010), out Contact byEndPoint));
        Assert.Equal((Contact(0b1001), Contact(0b0010)), (byId, byEndPoint));
        Assert.False(table.TryGet(Id(0b1111), out _));
        Assert.False(table.TryGetByEndPoint(EndPoint(0b1111), out _));
    }

    [Fact]
    public void FindClosest_EmptyTable_IsEmpty() => Assert.Equal(0, Table().FindClosest(Id(0b0101), new Contact[3]));

    [Fact]
    public void FindClosest_TargetInTheFarBucket_GoesOnWithTheCloserBuckets()
    {
        RoutingTable table = TableWithFullFarBucket();
        Contact[] found = new Contact[4];
        Assert.Equal(4, table.FindClosest(Id(0b1110), found));
        Assert.Equal([Contact(0b1000), Contact(0b1001), Contact(0b0100), Contact(0b0010)], found);
    }

    [Fact]
    public void FindClosest_AnyTarget_AllocatesNothing()
    {
        RoutingTable table = TableWithFullFarBucket();
        Contact[] found = new Contact[4];
        table.FindClosest(Id(0b1110), found);
        long before = GC.GetAllocatedBytesForCurrentThread();
        table.FindClosest(Id(0b1110), found);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void CopyTo_LessRoomThanContacts_WritesWhatFits()
    {
        Contact[] some = new Contact[3];
        Assert.Equal(3, TableWithFullFarBucket().CopyTo(some));
        Assert.Equal([Contact(0b1000), Contact(0b1001), Contact(0b0100)], some);
    }

    [Fact]
    public void New_OptionOutOfRange_IsNamed()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => new RoutingTable(Id(0), new RoutingTableOptions { BucketSize = 0 }));
        Assert.Contains(nameof(RoutingTableOptions.BucketSize), error.Message, StringComparison.Ordinal);
    }

    /// <summary>Lets a contact fail twice while a stranger answers.</summary>
    private static void Fail(RoutingTable table, Contact contact)
    {
        table.OnFailure(contact, At(20));
        table.OnReply(new Contact(Id(0b1111), EndPoint(1000)), At(21));
        table.OnFailure(contact, At(22));
    }
}
