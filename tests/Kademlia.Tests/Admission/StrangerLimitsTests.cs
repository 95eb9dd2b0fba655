using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;
using Kademlia.Messages;

namespace Kademlia.Tests.Admission;

public class StrangerLimitsTests
{
    private const int HonestGroup = 9_999;
    private static readonly PeerEndPoint Honest = AdmissionGenerators.InGroup(HonestGroup);
    private static readonly MessageKind[] AllRequests =
        [MessageKind.Ping, MessageKind.FindNode, MessageKind.FindValue, MessageKind.Store, MessageKind.Prove, MessageKind.Talk];

    private static readonly Gen<Asked> Requests =
        from kind in Gen.Elements(AllRequests)
        from gap in Gen.Choose(0, 5_000)
        select new Asked(kind, TimeSpan.FromMicroseconds(gap));

    [Theory]
    [InlineData(MessageKind.Ping, false, 800, 400)]
    [InlineData(MessageKind.Store, false, 800, 400)]
    [InlineData(MessageKind.FindValue, true, 4000, 2000)]
    [InlineData(MessageKind.FindNode, true, 4000, 2000)]
    [InlineData(MessageKind.Store, true, 200, 100)]
    [InlineData(MessageKind.Prove, true, 200, 100)]
    [InlineData(MessageKind.Talk, true, 200, 100)]
    public void A_group_gets_its_burst_and_then_its_rate(object kind, bool proven, int burst, int perSecond)
    {
        StrangerLimits limits = new(new Random(1), limitLocal: false);

        Assert.Equal(burst, Flood(limits, HonestGroup, (MessageKind)kind, proven, 5_000, TimeSpan.FromHours(1)));
        Assert.Equal(perSecond, Flood(limits, HonestGroup, (MessageKind)kind, proven, 5_000, TimeSpan.FromSeconds(3601)));
    }

    [Fact]
    public void Forged_packets_change_nothing_for_those_who_carry_a_token()
    {
        Gen<(Asked[] Honest, int[] ForgedBefore)> cases =
            from honest in Requests.ArrayOf(100)
            from forged in Gen.Choose(0, 40).ArrayOf(100)
            select (honest, forged);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            StrangerLimits calm = new(new Random(1), limitLocal: false);
            StrangerLimits flooded = new(new Random(1), limitLocal: false);
            TimeSpan now = default;
            return c.Honest.Zip(c.ForgedBefore).All(step =>
            {
                (Asked honest, int forged) = step;
                now += honest.Gap;
                Flood(flooded, HonestGroup, honest.Kind, proven: false, forged, now);
                return calm.TryAdmit(Honest, honest.Kind, proven: true, now) == flooded.TryAdmit(Honest, honest.Kind, proven: true, now);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(MessageKind.FindValue, 4_000)]
    [InlineData(MessageKind.Store, 200)]
    public void A_forged_flood_from_the_same_address_leaves_the_whole_burst_to_whoever_carries_a_token(object kind, int burst)
    {
        StrangerLimits limits = new(new Random(1), limitLocal: false);
        foreach (MessageKind forged in AllRequests)
        {
            Flood(limits, HonestGroup, forged, proven: false, 5_000, default);
        }

        Assert.Equal(burst, Flood(limits, HonestGroup, (MessageKind)kind, proven: true, burst, default));
    }

    [Fact]
    public void Whoever_stores_little_is_served_while_a_hundred_groups_flood()
    {
        StrangerLimits limits = new(new Random(1), limitLocal: false);
        const int HonestGroups = 500;
        int served = 0;
        for (int flooder = 0; flooder < 100; flooder++)
        {
            Flood(limits, flooder, MessageKind.Store, proven: true, 300, default);
        }

        for (int group = 0; group < HonestGroups; group++)
        {
            served += Flood(limits, HonestGroup + group, MessageKind.Store, proven: true, 1, default);
        }

        Assert.True(served >= HonestGroups * 95 / 100, $"{served} of {HonestGroups} were served.");
    }

    [Fact]
    public void Costly_work_of_all_groups_together_is_capped()
    {
        StrangerLimits limits = new(new Random(1), limitLocal: false);
        int admitted = 0;
        for (int group = 0; group < 1_500; group++)
        {
            admitted += Flood(limits, group, MessageKind.Store, proven: true, 30, default);
        }

        int modest = GroupLimiter.Rows * GroupLimiter.BucketsPerRow * StrangerLimits.ModestCostly.Burst;
        Assert.InRange(admitted, StrangerLimits.AllCostly.Burst, StrangerLimits.AllCostly.Burst + modest);
    }

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("192.168.1.1:1")]
    [InlineData("[fd00::1]:1")]
    public void TryAdmit_LocalAddress_IsUnlimitedUnlessAskedFor(string local)
    {
        StrangerLimits free = new(new Random(1), limitLocal: false);
        StrangerLimits limited = new(new Random(1), limitLocal: true);
        PeerEndPoint from = PeerEndPoint.Parse(local);

        Assert.All(Enumerable.Range(0, 5_000), _ => Assert.True(free.TryAdmit(from, MessageKind.Store, proven: true, default)));
        Assert.Equal(StrangerLimits.Costly.Burst, Enumerable.Range(0, 5_000).Count(_ => limited.TryAdmit(from, MessageKind.Store, proven: true, default)));
    }

    [Fact]
    public void TryAdmit_AfterTheFirst_AllocatesNothing()
    {
        StrangerLimits limits = new(new Random(1), limitLocal: false);
        limits.TryAdmit(Honest, MessageKind.Ping, proven: true, default);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            limits.TryAdmit(Honest, MessageKind.Ping, proven: true, default);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int Flood(StrangerLimits limits, int group, MessageKind kind, bool proven, int count, TimeSpan now)
    {
        PeerEndPoint from = AdmissionGenerators.InGroup(group);
        int admitted = 0;
        for (int i = 0; i < count; i++)
        {
            admitted += limits.TryAdmit(from, kind, proven, now) ? 1 : 0;
        }

        return admitted;
    }

    private sealed record Asked(MessageKind Kind, TimeSpan Gap);
}
