using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;

namespace Kademlia.Tests.Admission;

public class AddressVotesTests
{
    private static readonly PeerEndPoint A = PeerEndPoint.Parse("81.2.3.4:1");
    private static readonly PeerEndPoint B = PeerEndPoint.Parse("81.2.3.5:1");
    private static readonly PeerEndPoint PrivateA = PeerEndPoint.Parse("10.0.0.1:1");

    private static readonly Gen<CastVote> GlobalVotes =
        from voter in AdmissionGenerators.FewGroups
        from observed in Gen.Elements(A, A, B)
        from seconds in Gen.Choose(0, 4000)
        select new CastVote(voter, observed, TimeSpan.FromSeconds(seconds));

    private static readonly Gen<CastVote> LocalVotes =
        from voter in AdmissionGenerators.Local
        from observed in Gen.Elements(A, B, PrivateA)
        from seconds in Gen.Choose(0, 4000)
        select new CastVote(voter, observed, TimeSpan.FromSeconds(seconds));

    [Fact]
    public void The_majority_is_that_of_the_newest_live_vote_of_each_group()
    {
        Prop.ForAll(GlobalVotes.ArrayOf().ToArbitrary(), cast =>
        {
            CastVote[] inOrder = [.. cast.OrderBy(vote => vote.At)];
            TimeSpan now = TimeSpan.FromSeconds(4000);
            return AddressOf(Count(inOrder, false), now) == ModelMajority(inOrder, now);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Asking_in_between_changes_no_answer()
    {
        Prop.ForAll(GlobalVotes.ArrayOf().ToArbitrary(), cast =>
        {
            CastVote[] inOrder = [.. cast.OrderBy(vote => vote.At)];
            AddressVotes asked = new(false);
            return inOrder.Select((vote, i) => (vote, i)).All(each =>
            {
                asked.Add(each.vote.Voter, each.vote.Observed, each.vote.At);
                return AddressOf(asked, each.vote.At) == AddressOf(Count(inOrder[..(each.i + 1)], false), each.vote.At);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Two_groups_are_never_a_majority_however_often_they_vote()
    {
        Gen<CastVote> votes =
            from network in Gen.Choose(1, 2)
            from host in Gen.Choose(1, 200)
            from observed in Gen.Elements(A, B)
            select new CastVote(AdmissionGenerators.InGroup(network, host), observed, default);

        Prop.ForAll(votes.ArrayOf().ToArbitrary(), cast => AddressOf(Count(cast, false), default) is null)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Local_voters_change_nothing_where_a_global_one_has_voted()
    {
        Gen<(CastVote[] Global, CastVote[] Local)> cases =
            from globals in GlobalVotes.NonEmptyListOf()
            from locals in LocalVotes.ListOf()
            select (globals.ToArray(), locals.ToArray());

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            TimeSpan now = c.Global.Max(vote => vote.At);
            CastVote[] global = [.. c.Global.OrderBy(vote => vote.At)];
            CastVote[] both = [.. c.Global.Concat(c.Local).OrderBy(vote => vote.At)];
            return AddressOf(Count(both, false), now) == AddressOf(Count(global, false), now);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TryGetMajority_ThreeOfFiveAgree_NamesTheirs()
    {
        AddressVotes votes = new(false);
        Vote(votes, A, groups: [1, 2, 3]);
        Vote(votes, B, groups: [4, 5]);

        Assert.True(votes.TryGetMajority(ipv4: true, default, out PeerEndPoint mine));
        Assert.Equal(A, mine);
        Assert.False(votes.TryGetMajority(ipv4: false, default, out _));
    }

    [Fact]
    public void TryGetMajority_ThreeOfSixAgree_NamesNone()
    {
        AddressVotes votes = new(false);
        Vote(votes, A, groups: [1, 2, 3]);
        Vote(votes, B, groups: [4, 5, 6]);

        Assert.False(votes.TryGetMajority(ipv4: true, default, out _));
    }

    [Fact]
    public void TryGetMajority_TwoOfThreeAgree_NamesNone()
    {
        AddressVotes votes = new(false);
        Vote(votes, A, groups: [1, 2]);
        Vote(votes, B, groups: [3]);

        Assert.False(votes.TryGetMajority(ipv4: true, default, out _));
    }

    [Fact]
    public void TryGetMajority_PortsDiffer_NamesThePortOfMost()
    {
        AddressVotes votes = new(false);
        Vote(votes, A, groups: [1, 2]);
        Vote(votes, new PeerEndPoint(A.Address, 2), groups: [3, 4, 5]);
        Vote(votes, new PeerEndPoint(A.Address, 3), groups: [6]);

        Assert.True(votes.TryGetMajority(ipv4: true, default, out PeerEndPoint mine));
        Assert.Equal(2, mine.Port);
    }

    [Fact]
    public void TryGetMajority_OldVotes_CountNoLonger()
    {
        AddressVotes votes = new(false);
        Vote(votes, A, groups: [1, 2, 3]);

        Assert.True(votes.TryGetMajority(ipv4: true, Ballot.VoteLifetime - TimeSpan.FromTicks(1), out _));
        Assert.False(votes.TryGetMajority(ipv4: true, Ballot.VoteLifetime, out _));
    }

    [Fact]
    public void Add_MoreVotersThanAreKept_ReplacesTheOldest()
    {
        AddressVotes votes = new(false);
        for (int group = 0; group < Ballot.MaxVoters; group++)
        {
            votes.Add(AdmissionGenerators.InGroup(group), A, TimeSpan.FromSeconds(group));
        }

        for (int group = 0; group <= Ballot.MaxVoters / 2; group++)
        {
            votes.Add(AdmissionGenerators.InGroup(1000 + group), B, TimeSpan.FromSeconds(100));
        }

        Assert.True(votes.TryGetMajority(ipv4: true, TimeSpan.FromSeconds(100), out PeerEndPoint mine));
        Assert.Equal(B, mine);
    }

    [Fact]
    public void TryGetMajority_OneGlobalVoteAmongManyLocal_NamesNone()
    {
        AddressVotes votes = new(false);
        for (int port = 1; port <= 9; port++)
        {
            votes.Add(PeerEndPoint.Parse($"10.0.0.9:{port}"), PrivateA, default);
        }

        Assert.True(votes.TryGetMajority(ipv4: true, default, out PeerEndPoint mine));
        Assert.Equal(PrivateA, mine);

        Vote(votes, A, groups: [1]);
        Assert.False(votes.TryGetMajority(ipv4: true, default, out _));
    }

    [Theory]
    [InlineData("10.0.0.9:1", "81.2.3.4:1")]
    [InlineData("9.9.9.9:1", "10.0.0.1:1")]
    [InlineData("9.9.9.9:1", "[2a00:1450::1]:1")]
    [InlineData("9.9.9.9:1", "0.0.0.0:1")]
    [InlineData("9.9.9.9:1", "81.2.3.4:0")]
    public void Add_VoterCannotKnow_CountsNothing(string voter, string observed)
    {
        AddressVotes votes = new(limitLocal: false);
        Vote(votes, A, groups: [1, 2, 3]);
        for (int port = 1; port <= 9; port++)
        {
            votes.Add(new PeerEndPoint(PeerEndPoint.Parse(voter).Address, port), PeerEndPoint.Parse(observed), default);
        }

        Assert.True(votes.TryGetMajority(ipv4: true, default, out PeerEndPoint mine));
        Assert.Equal(A, mine);
        Assert.False(votes.TryGetMajority(ipv4: false, default, out _));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void In_a_laboratory_every_endpoint_votes_unless_local_groups_are_limited(bool limitLocal, bool expected)
    {
        AddressVotes votes = new(limitLocal);
        for (int port = 1; port <= 5; port++)
        {
            votes.Add(PeerEndPoint.Parse($"127.0.0.1:{port}"), PeerEndPoint.Parse("127.0.0.1:7411"), default);
        }

        Assert.Equal(expected, votes.TryGetMajority(ipv4: true, default, out _));
    }

    private static void Vote(AddressVotes votes, PeerEndPoint observed, int[] groups)
    {
        foreach (int group in groups)
        {
            votes.Add(AdmissionGenerators.InGroup(group), observed, default);
        }
    }

    private static AddressVotes Count(CastVote[] cast, bool limitLocal)
    {
        AddressVotes votes = new(limitLocal);
        foreach (CastVote vote in cast)
        {
            votes.Add(vote.Voter, vote.Observed, vote.At);
        }

        return votes;
    }

    private static string? AddressOf(AddressVotes votes, TimeSpan now) =>
        votes.TryGetMajority(ipv4: true, now, out PeerEndPoint mine) ? mine.Address.ToString() : null;

    private static string? ModelMajority(CastVote[] inOrder, TimeSpan now)
    {
        string[] live = [.. inOrder
            .GroupBy(vote => AddressGroup.Of(vote.Voter))
            .Select(group => group.Last())
            .Where(vote => now - vote.At < Ballot.VoteLifetime)
            .Select(vote => vote.Observed.Address.ToString())];
        return live.GroupBy(address => address)
            .Where(votes => votes.Count() >= Ballot.MinAgreeing && votes.Count() * 2 > live.Length)
            .Select(votes => votes.Key)
            .SingleOrDefault();
    }

    private sealed record CastVote(PeerEndPoint Voter, PeerEndPoint Observed, TimeSpan At);
}
