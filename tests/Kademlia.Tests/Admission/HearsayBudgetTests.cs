using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;

namespace Kademlia.Tests.Admission;

public class HearsayBudgetTests
{
    private static readonly PeerEndPoint Victim = AdmissionGenerators.InGroup(7);

    private static readonly Gen<Request> Requests =
        from network in Gen.Choose(1, 3)
        from host in Gen.Choose(1, 200)
        from bytes in Gen.Elements(128, 450, 900, 1200)
        from corroborated in Gen.Elements(true, false)
        from gap in Gen.Frequency((8, Gen.Choose(0, 500)), (1, Gen.Choose(0, 70_000)))
        select new Request(AdmissionGenerators.InGroup(network, host), bytes, corroborated, TimeSpan.FromMilliseconds(gap));

    [Fact]
    public void No_group_is_sent_more_than_its_budget_in_any_minute()
    {
        Prop.ForAll(Requests.ArrayOf(120).ToArbitrary(), requests =>
        {
            List<(TimeSpan At, Request Request)> sent = Send(new HearsayBudget(new Random(1), false), requests);
            return sent.GroupBy(s => AddressGroup.Of(s.Request.Destination)).All(group =>
                MostInAnyMinute(group) <= HearsayBudget.BytesPerMinute
                && MostInAnyMinute(group.Where(s => !s.Request.Corroborated)) <= HearsayBudget.UncorroboratedBytesPerMinute);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Hearsay_of_single_nodes_leaves_half_of_the_budget_for_the_corroborated()
    {
        Gen<int[]> liars = Gen.Choose(128, 1200).ArrayOf(40);

        Prop.ForAll(liars.ToArbitrary(), lengths =>
        {
            HearsayBudget budget = new(new Random(1), false);
            bool[] lies = [.. lengths.Select(bytes => budget.TrySpend(Victim, bytes, corroborated: false, default))];
            return lies.Contains(false)
                && budget.TrySpend(Victim, HearsayBudget.BytesPerMinute / 2, corroborated: true, default);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TrySpend_CorroboratedAlone_MaySpendTheWholeBudget()
    {
        HearsayBudget budget = new(new Random(1), false);

        Assert.True(budget.TrySpend(Victim, HearsayBudget.BytesPerMinute, corroborated: true, default));
        Assert.False(budget.TrySpend(Victim, 1, corroborated: true, TimeSpan.FromSeconds(60)));
        Assert.False(budget.TrySpend(Victim, 1, corroborated: false, TimeSpan.FromSeconds(60)));
        Assert.True(budget.TrySpend(Victim, HearsayBudget.BytesPerMinute, corroborated: true, TimeSpan.FromSeconds(80)));
    }

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("10.0.0.1:1")]
    [InlineData("[fe80::1]:1")]
    public void TrySpend_LocalAddress_IsUnlimitedUnlessAskedFor(string local)
    {
        HearsayBudget free = new(new Random(1), limitLocal: false);
        HearsayBudget limited = new(new Random(1), limitLocal: true);
        PeerEndPoint destination = PeerEndPoint.Parse(local);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(free.TrySpend(destination, 1200, corroborated: false, default)));
        Assert.Equal(3, Enumerable.Range(0, 100).Count(_ => limited.TrySpend(destination, 1200, corroborated: false, default)));
        Assert.Equal(0, free.Accounts);
    }

    [Fact]
    public void TrySpend_TableGrew_ForgivesNothing()
    {
        HearsayBudget budget = new(new Random(1), false);
        Assert.True(budget.TrySpend(Victim, HearsayBudget.BytesPerMinute, corroborated: true, default));
        int before = budget.Accounts;

        SpendOverGroups(budget, groups: 20_000, bytesEach: 1200, default);

        Assert.True(budget.Accounts > 8 * before);
        Assert.False(budget.TrySpend(Victim, 1, corroborated: true, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void TrySpend_EveryGroupOfAFloodOfReferrals_KeepsTheTableBounded()
    {
        HearsayBudget budget = new(new Random(1), false);

        for (int minute = 0; minute < 2; minute++)
        {
            SpendOverGroups(budget, groups: 30_000, bytesEach: 4000, TimeSpan.FromMinutes(minute));
        }

        Assert.Equal(HearsayBudget.MaxAccounts, budget.Accounts);
    }

    [Fact]
    public void A_busy_node_in_a_large_network_is_hardly_held_back()
    {
        HearsayBudget budget = new(new Random(1), false);
        Random random = new(2);
        int refused = 0;
        const int Requests = 60_000;

        for (int i = 0; i < Requests; i++)
        {
            PeerEndPoint destination = AdmissionGenerators.InGroup(random.Next(30_000));
            refused += budget.TrySpend(destination, 450, corroborated: false, TimeSpan.FromMilliseconds(5 * i)) ? 0 : 1;
        }

        Assert.True(refused < Requests / 200, $"{refused} of {Requests} were refused.");
    }

    private static void SpendOverGroups(HearsayBudget budget, int groups, int bytesEach, TimeSpan now)
    {
        for (int group = 0; group < groups; group++)
        {
            budget.TrySpend(AdmissionGenerators.InGroup(group), bytesEach, corroborated: false, now);
        }
    }

    private static List<(TimeSpan At, Request Request)> Send(HearsayBudget budget, Request[] requests)
    {
        List<(TimeSpan At, Request Request)> sent = [];
        TimeSpan now = default;
        foreach (Request request in requests)
        {
            now += request.Gap;
            if (budget.TrySpend(request.Destination, request.Bytes, request.Corroborated, now))
            {
                sent.Add((now, request));
            }
        }

        return sent;
    }

    private static int MostInAnyMinute(IEnumerable<(TimeSpan At, Request Request)> sent)
    {
        (TimeSpan At, Request Request)[] all = [.. sent];
        return all.Select(first => all
                .Where(s => s.At >= first.At && s.At <= first.At + TimeSpan.FromMinutes(1))
                .Sum(s => s.Request.Bytes))
            .DefaultIfEmpty(0)
            .Max();
    }

    private sealed record Request(PeerEndPoint Destination, int Bytes, bool Corroborated, TimeSpan Gap);
}
