using Kademlia.Routing;
using static Kademlia.Tests.Routing.Small;

namespace Kademlia.Tests.Routing;

public class RoutingTableLimitTests
{
    private const int K = 4;

    private static RoutingTable Table(bool limitLocal = false) => new(
        Id(0b0000), new RoutingTableOptions { BucketSize = K, MaxPerGroupInTable = 3, MaxPerWideGroupInTable = 3, LimitLocalGroups = limitLocal });

    private static Contact In(int bits, int group) => new(Id(bits, 6), EndPoint(group, bits + 1));

    private static AddOutcome Add(RoutingTable table, Contact contact) => table.Add(contact, TimeSpan.Zero, out _);

    [Fact]
    public void Add_FewerThanKGroupsKnown_TakesAnyNumberOfOneGroup()
    {
        RoutingTable table = Table();
        Assert.All(Enumerable.Range(32, 10), bits => Assert.Equal(AddOutcome.Added, Add(table, In(bits, group: 7))));
    }

    [Fact]
    public void Add_KthGroupComes_TheExcessLeavesTheLeastRecentlySeenFirst()
    {
        RoutingTable table = Table();
        for (int bits = 32; bits < 40; bits++)
        {
            table.Add(In(bits, group: 7), At(bits), out _);
        }

        table.Add(In(0b010000, group: 1), At(50), out _);
        table.Add(In(0b001000, group: 2), At(50), out _);
        Assert.Equal(10, table.Count);
        table.Add(In(0b000100, group: 3), At(50), out _);
        Assert.Equal([38, 39], table.ToArray().Where(c => c.EndPoint.IPv4 >> 8 == In(0, 7).EndPoint.IPv4 >> 8).Select(c => (int)(c.Id.Word0 >> 58)));
    }

    [Fact]
    public void Add_KthGroupComes_OfSeveralBucketsTheLeastRecentlySeenLeaves()
    {
        RoutingTable table = Table();
        int[] seenInThisOrder = [0b010000, 0b100000, 0b001000, 0b100001, 0b010001];
        for (int i = 0; i < seenInThisOrder.Length; i++)
        {
            table.Add(In(seenInThisOrder[i], group: 7), At(i), out _);
        }

        for (int group = 1; group < K; group++)
        {
            table.Add(In(group, group), At(50), out _);
        }

        Assert.Equal([0b100001, 0b010001, 0b001000], seenInThisOrder.Where(bits => table.Contains(In(bits, group: 7))).OrderDescending());
    }

    [Fact]
    public void Add_GroupFullInBucket_IsRejectedThereAndTakenElsewhere()
    {
        RoutingTable table = TableThatKnowsKGroups();
        Assert.Equal(AddOutcome.Added, Add(table, In(0b100001, group: 1)));
        Assert.False(table.Wants(In(0b100010, group: 1)));
        Assert.Equal(AddOutcome.Rejected, Add(table, In(0b100010, group: 1)));
        Assert.True(table.Wants(In(0b010001, group: 1)));
        Assert.Equal(AddOutcome.Added, Add(table, In(0b010001, group: 1)));
        Assert.Equal(AddOutcome.Rejected, Add(table, In(0b001001, group: 1)));
    }

    [Fact]
    public void Add_WideGroupFull_IsRejected()
    {
        RoutingTable table = Table();
        for (int i = 1; i <= K; i++)
        {
            Add(table, new Contact(Id(i, 6), EndPoint6(wideGroup: i, group: 0)));
        }

        Assert.Equal(AddOutcome.Added, Add(table, new Contact(Id(32, 6), EndPoint6(wideGroup: 1, group: 1))));
        Assert.Equal(AddOutcome.Added, Add(table, new Contact(Id(33, 6), EndPoint6(wideGroup: 1, group: 2))));
        Assert.Equal(AddOutcome.Rejected, Add(table, new Contact(Id(34, 6), EndPoint6(wideGroup: 1, group: 3))));
    }

    [Fact]
    public void Add_AllNodesInOneWideGroup_AreANetworkToo()
    {
        RoutingTable table = Table();
        Assert.All(Enumerable.Range(32, 10), i => Assert.Equal(AddOutcome.Added, Add(table, new Contact(Id(i, 6), EndPoint6(1, i)))));
    }

    [Theory]
    [InlineData(false, K + 4)]
    [InlineData(true, K + 2)]
    public void Add_LocalAddresses_AreLimitedWhenAskedFor(bool limitLocal, int expected)
    {
        RoutingTable table = Table(limitLocal);
        for (int group = 0; group < K; group++)
        {
            Add(table, new Contact(Id(group + 1, 6), new PeerEndPoint([10, 0, (byte)group, 1], 7411)));
        }

        for (int bits = 32; bits < 36; bits++)
        {
            Add(table, new Contact(Id(bits, 6), new PeerEndPoint([10, 0, 1, (byte)bits], 7411)));
        }

        Assert.Equal(expected, table.Count);
    }

    private static RoutingTable TableThatKnowsKGroups()
    {
        RoutingTable table = Table();
        Assert.Equal(AddOutcome.Added, Add(table, In(0b100000, group: 1)));
        Assert.Equal(AddOutcome.Added, Add(table, In(0b010000, group: 2)));
        Assert.Equal(AddOutcome.Added, Add(table, In(0b001000, group: 3)));
        Assert.Equal(AddOutcome.Added, Add(table, In(0b000100, group: 4)));
        return table;
    }
}
