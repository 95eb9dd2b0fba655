using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;

namespace Kademlia.Tests.Admission;

public class GroupLimiterTests
{
    private static readonly Rate Slow = new(PerSecond: 10, Burst: 5);

    private static readonly Gen<(int Group, int Gap)> Requests =
        from network in Gen.Choose(0, 40)
        from gap in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 200))
        select (network, gap);

    [Fact]
    public void A_group_alone_keeps_to_its_rate_in_every_span()
    {
        Prop.ForAll(Requests.ArrayOf(120).ToArbitrary(), requests =>
            RateBucketTests.IsWithinRate(TakenBy(0, [.. requests.Select(r => (0, r.Gap))]), Slow))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_group_among_others_never_gets_more_than_four_times_its_rate()
    {
        Rate most = new(GroupLimiter.Rows * Slow.PerSecond, GroupLimiter.Rows * Slow.Burst);

        Prop.ForAll(Requests.ArrayOf(300).ToArbitrary(), requests =>
            RateBucketTests.IsWithinRate(TakenBy(0, [.. requests.Select(r => (r.Group % 8, r.Gap / 4))]), most))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void HasRoom_AtAnyTime_TellsWhatTryTakeWouldDo()
    {
        Prop.ForAll(Requests.ArrayOf(200).ToArbitrary(), requests =>
        {
            GroupLimiter limiter = new(new GroupHash(new Random(1)), Slow);
            TimeSpan now = default;
            return requests.All(request =>
            {
                now += TimeSpan.FromMilliseconds(request.Gap / 20);
                PeerEndPoint from = AdmissionGenerators.InGroup(request.Group);
                return limiter.HasRoom(from, now) == limiter.TryTake(from, now);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_hundred_flooding_groups_leave_the_others_their_share()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            GroupLimiter limiter = new(new GroupHash(new Random(seed)), Slow);
            for (int flooder = 0; flooder < 100; flooder++)
            {
                Take(limiter, flooder, Slow.Burst + 1);
            }

            const int Others = 300;
            return Enumerable.Range(1000, Others).Sum(other => Take(limiter, other, 1)) >= Others * 95 / 100;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void All_hosts_of_a_group_share_its_rate()
    {
        GroupLimiter limiter = new(new GroupHash(new Random(1)), Slow);

        int taken = Enumerable.Range(1, 200).Count(host => limiter.TryTake(AdmissionGenerators.InGroup(3, host, port: host), default));

        Assert.Equal(Slow.Burst, taken);
    }

    private static int Take(GroupLimiter limiter, int group, int count)
    {
        PeerEndPoint from = AdmissionGenerators.InGroup(group);
        return Enumerable.Range(0, count).Count(_ => limiter.TryTake(from, default));
    }

    private static List<TimeSpan> TakenBy(int group, (int Group, int Gap)[] requests)
    {
        GroupLimiter limiter = new(new GroupHash(new Random(1)), Slow);
        List<TimeSpan> taken = [];
        TimeSpan now = default;
        foreach ((int asker, int gap) in requests)
        {
            now += TimeSpan.FromMilliseconds(gap);
            if (limiter.TryTake(AdmissionGenerators.InGroup(asker), now) && asker == group)
            {
                taken.Add(now);
            }
        }

        return taken;
    }
}
