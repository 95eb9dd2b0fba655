using Kademlia.Lookups;
using static Kademlia.Tests.Lookups.LookupSteps;

namespace Kademlia.Tests.Lookups;

/// <summary>The machine, step by step, with ids of four bits; the target is 0000, so that an id is its distance.</summary>
public class LookupTests
{
    private static readonly Contact A = Nodes.At(0b0001);
    private static readonly Contact B = Nodes.At(0b0010);
    private static readonly Contact C = Nodes.At(0b0100);
    private static readonly Contact D = Nodes.At(0b1000);

    [Fact]
    public void Next_NobodyKnown_IsDone() => Make().AssertDone();

    [Fact]
    public void Next_Offered_AsksTheClosestFirst()
    {
        Lookup lookup = Make(D, A, C);
        lookup.AssertAsks(A);
        lookup.AssertAsks(C);
    }

    [Fact]
    public void Next_AllSlotsTaken_Waits()
    {
        Lookup lookup = Make(parallelism: 1, offered: [A, B]);
        lookup.AssertAsks(A);
        lookup.AssertWaits();
        Assert.Equal(1, lookup.InFlight);
    }

    [Fact]
    public void Next_ClosestAnswered_AsksTheRestOfTheKAtOnce()
    {
        Lookup lookup = Make(bucketSize: 3, parallelism: 1, offered: [A, B, C, D]);
        lookup.Answer(A);
        lookup.AssertAsks(B);
        lookup.AssertAsks(C);
        lookup.AssertWaits();
    }

    [Fact]
    public void Next_ClosestDead_CountsTheClosestAlive()
    {
        Lookup lookup = Make(bucketSize: 3, parallelism: 1, offered: [A, B, C, D]);
        lookup.Fail(A);
        lookup.Answer(B);
        lookup.AssertAsks(C);
        lookup.AssertAsks(D);
    }

    [Fact]
    public void CopySettled_ClosestNotHeardOf_HasNobody()
    {
        Lookup lookup = Make(parallelism: 2, offered: [A, B]);
        lookup.AssertAsks(A);
        lookup.Answer(B);
        Assert.Empty(lookup.Settled());
    }

    [Fact]
    public void CopySettled_ClosestAnswered_HasThoseOfTheKThatAnswered()
    {
        Lookup lookup = Make(bucketSize: 3, parallelism: 4, offered: [A, B, C, D]);
        lookup.AssertAsks(A);
        lookup.AssertAsks(B);
        lookup.AssertAsks(C);
        lookup.OnReply(C, [], more: false);
        lookup.OnReply(A, [], more: false);
        Assert.Equal([A, C], lookup.Settled());
        Assert.Equal([A], lookup.Settled(atMost: 2));
    }

    [Fact]
    public void CopyKnown_OfTheKClosest_HasOurOwnAndWhoAnsweredOrWasNamedTwiceAndAsked()
    {
        Lookup lookup = Make(bucketSize: 3, parallelism: 3, offered: [C, D]);
        Assert.Equal([C, D], lookup.Known());
        lookup.AssertAsks(C);
        lookup.AssertAsks(D);
        lookup.OnReply(C, [A, B], more: false);
        lookup.AssertAsks(A);
        Assert.Equal([C], lookup.Known());
        lookup.OnReply(D, [B], more: false);
        Assert.Equal([C], lookup.Known());
        lookup.AssertAsks(B);
        Assert.Equal([B, C], lookup.Known());
        lookup.OnReply(A, [], more: false);
        Assert.Equal([A, B, C], lookup.Known());
    }

    [Fact]
    public void Next_KClosestAnswered_IsDoneWithoutTheOthers()
    {
        Lookup lookup = Make(bucketSize: 2, offered: [A, B, C]);
        lookup.Answer(A);
        lookup.Answer(B);
        lookup.AssertDone();
        Assert.Equal([A, B], lookup.Closest());
    }

    [Fact]
    public void Next_FartherOneStillInFlight_IsDone()
    {
        Lookup lookup = Make(bucketSize: 1, offered: C);
        lookup.AssertAsks(C);
        lookup.Offer(B);
        lookup.Answer(B);
        lookup.AssertDone();
    }

    [Fact]
    public void OnReply_NamesCloser_AsksThem()
    {
        Lookup lookup = Make(bucketSize: 2, offered: D);
        lookup.Answer(D, B, C);
        lookup.AssertAsks(B);
        lookup.AssertAsks(C);
    }

    [Fact]
    public void OnReply_NamesMoreThanK_ReadsTheFirstK()
    {
        Lookup lookup = Make(bucketSize: 2, offered: D);
        lookup.Answer(D, C, B, A);
        lookup.AssertAsks(B);
        lookup.AssertAsks(C);
        lookup.AssertWaits();
    }

    [Fact]
    public void OnReply_Unsolicited_ChangesNothing()
    {
        Lookup lookup = Make(D);
        lookup.OnReply(D, [A], more: false);
        lookup.OnReply(B, [C], more: false);
        Assert.Equal(0, lookup.Answered);
        lookup.AssertAsks(D);
        lookup.AssertWaits();
    }

    [Fact]
    public void OnReply_FromAnotherEndpoint_ChangesNothing()
    {
        Lookup lookup = Make(A);
        lookup.AssertAsks(A);
        lookup.OnReply(A with { EndPoint = B.EndPoint }, [C], more: false);
        lookup.AssertWaits();
    }

    [Fact]
    public void OnReply_Repeated_ChangesNothing()
    {
        Lookup lookup = Make(A);
        lookup.Answer(A);
        lookup.OnReply(A, [B], more: true);
        lookup.AssertDone();
        Assert.Equal(1, lookup.Answered);
    }

    [Fact]
    public void OnSlow_InFlight_FreesTheSlotAndHoldsTheEnd()
    {
        Lookup lookup = Make(parallelism: 1, offered: [A, B]);
        lookup.AssertAsks(A);
        lookup.OnSlow(A);
        lookup.Answer(B);
        lookup.AssertWaits();
        Assert.Equal(1, lookup.InFlight);
    }

    [Fact]
    public void OnSlow_MoreThanMaxSlow_KeepsTheSlot()
    {
        Lookup lookup = Make(parallelism: 1, maxSlow: 1, offered: [A, B, C, D]);
        lookup.AssertAsks(A);
        lookup.OnSlow(A);
        lookup.AssertAsks(B);
        lookup.AssertAsks(C);
        lookup.AssertWaits();
        lookup.OnSlow(B);
        lookup.AssertWaits();
        lookup.OnOverdue(A);
        lookup.AssertAsks(D);
    }

    [Fact]
    public void OnOverdue_Slow_NoLongerHoldsTheEnd()
    {
        Lookup lookup = Make(A, B);
        lookup.AssertAsks(A);
        lookup.Answer(B);
        lookup.OnSlow(A);
        lookup.OnOverdue(A);
        lookup.AssertDone();
        Assert.Equal([B], lookup.Closest());
        Assert.Equal([A], lookup.Unanswered());
    }

    [Fact]
    public void OnReply_AfterTheEnd_CountsAndNamesNobody()
    {
        Lookup lookup = Make(B, C);
        lookup.AssertAsks(B);
        lookup.Answer(C);
        lookup.OnOverdue(B);
        lookup.AssertDone();
        lookup.OnReply(B, [A], more: true);
        lookup.AssertDone();
        Assert.Equal([B, C], lookup.Closest());
        Assert.Equal(-1, lookup.HopsTo(A));
        Assert.Empty(lookup.Unanswered());
    }

    [Fact]
    public void OnFailure_InFlight_IsNotAskedAgainHoweverOftenNamed()
    {
        Lookup lookup = Make(A, D);
        lookup.AssertAsks(A);
        lookup.OnFailure(A);
        lookup.Answer(D, A);
        lookup.AssertDone();
        Assert.Equal(1, lookup.Failed);
    }

    [Fact]
    public void OnFailure_ThenReply_Counts()
    {
        Lookup lookup = Make(A, D);
        lookup.AssertAsks(A);
        lookup.OnFailure(A);
        lookup.OnReply(A, [B], more: false);
        lookup.AssertAsks(B);
        Assert.Equal([A], lookup.Closest());
        Assert.Equal(0, lookup.Failed);
    }

    [Fact]
    public void OnFailure_OfTheClosest_GivesItsPlaceToTheNext()
    {
        Lookup lookup = Make(bucketSize: 1, offered: [A, B]);
        lookup.AssertAsks(A);
        lookup.AssertWaits();
        lookup.OnFailure(A);
        lookup.Answer(B);
        lookup.AssertDone();
        Assert.Equal([B], lookup.Closest());
    }

    [Fact]
    public void OnLeftOut_Asked_CountsNeitherAsAskedNorAsMissed()
    {
        Lookup lookup = Make(A, B);
        lookup.AssertAsks(A);
        lookup.OnLeftOut(A);
        lookup.Answer(B, A);
        lookup.AssertDone();
        Assert.Equal((1, 0), (lookup.Asked, lookup.Failed));
        Assert.Empty(lookup.Unanswered());
    }

    [Fact]
    public void Next_IdAtTwoEndpoints_TheFirstThatAnswersClaimsIt()
    {
        Contact wrong = A with { EndPoint = Nodes.EndPoint(99, 1) };
        Lookup lookup = Make(parallelism: 3, offered: [wrong, A, B]);
        lookup.AssertAsks(wrong);
        lookup.AssertAsks(B);
        lookup.AssertAsks(A);
        lookup.OnReply(A, [], more: false);
        lookup.OnReply(B, [wrong], more: false);
        lookup.AssertDone();
        lookup.OnReply(wrong, [], more: false);
        Assert.Equal([A, B], lookup.Closest());
    }

    [Fact]
    public void Next_IdAtADeadEndpoint_TheHonestOneCounts()
    {
        Contact wrong = A with { EndPoint = Nodes.EndPoint(99, 1) };
        Lookup lookup = Make(parallelism: 1, offered: [wrong, A]);
        lookup.AssertAsks(wrong);
        lookup.OnFailure(wrong);
        lookup.Answer(A);
        lookup.AssertDone();
        Assert.Equal([A], lookup.Closest());
    }

    [Fact]
    public void OnReply_OneEndpointUnderManyIds_CountsOnce()
    {
        Contact[] masks = [A with { EndPoint = D.EndPoint }, B with { EndPoint = D.EndPoint }];
        Lookup lookup = Make(D);
        lookup.Answer(D, masks);
        lookup.AssertDone();
        Assert.Equal([D], lookup.Closest());
    }

    [Fact]
    public void Stop_InFlight_FreesAllAndStaysDone()
    {
        Lookup lookup = Make(A, B);
        lookup.AssertAsks(A);
        lookup.AssertAsks(B);
        lookup.OnSlow(B);
        lookup.Stop();
        Assert.Equal(0, lookup.InFlight);
        lookup.OnReply(A, [C], more: false);
        lookup.Offer(D);
        lookup.AssertDone();
        Assert.Empty(lookup.Closest());
        Assert.False(lookup.TryTakeResult(out _));
    }

    [Fact]
    public void TryTakeResult_TheTargetItself_ComesAtOnceAndTheRestAtTheEnd()
    {
        Contact target = Nodes.At(0b0000);
        Lookup lookup = Make(target, A);
        lookup.AssertAsks(target);
        lookup.AssertAsks(A);
        lookup.OnReply(target, [], more: false);
        Assert.True(lookup.TryTakeResult(out Contact first));
        Assert.Equal(target, first);
        Assert.False(lookup.TryTakeResult(out _));
        lookup.OnReply(A, [], more: false);
        Assert.False(lookup.TryTakeResult(out _));
        lookup.AssertDone();
        Assert.True(lookup.TryTakeResult(out Contact second));
        Assert.Equal(A, second);
    }

    [Fact]
    public void Hops_TwoRepliesOnTheWay_AreTwo()
    {
        Lookup lookup = Make(bucketSize: 1, offered: D);
        lookup.Answer(D, C);
        lookup.Answer(C, B);
        lookup.Answer(B, D);
        lookup.AssertDone();
        Assert.Equal(2, lookup.Hops);
        Assert.Equal((0, 1, 2, -1), (lookup.HopsTo(D), lookup.HopsTo(C), lookup.HopsTo(B), lookup.HopsTo(A)));
    }

    [Fact]
    public void Hops_FirstOfTheResultWasInOurTable_IsZero()
    {
        Lookup lookup = Make(bucketSize: 2, offered: B);
        lookup.Answer(B, A);
        lookup.Answer(A);
        Assert.Equal(0, lookup.Hops);
    }

    [Fact]
    public void Walk_OnceMade_AllocatesNothing()
    {
        Contact[] nodes = Nodes.Random(new Random(1), Shortlist.InitialCapacity);
        Contact[] closest = new Contact[20];
        WalkThrough(nodes, closest);
        Assert.Equal(0, WalkThrough(nodes, closest));
    }

    [Theory]
    [InlineData(0, 4, 16, 256, "BucketSize")]
    [InlineData(20, 0, 16, 256, "Parallelism")]
    [InlineData(20, 4, -1, 256, "MaxSlow")]
    [InlineData(20, 4, 16, 19, "MaxCandidates")]
    [InlineData(20, 4, 16, 40_000, "MaxCandidates")]
    public void Lookup_OptionOutOfRange_IsNamed(int bucketSize, int parallelism, int maxSlow, int maxCandidates, string option)
    {
        LookupOptions options = new()
        {
            BucketSize = bucketSize,
            Parallelism = parallelism,
            MaxSlow = maxSlow,
            MaxCandidates = maxCandidates,
        };
        Assert.Throws<ArgumentOutOfRangeException>(option, () => new Lookup(default, options));
    }

    private static long WalkThrough(Contact[] nodes, Contact[] closest)
    {
        Lookup lookup = new(Nodes.Id(0), new LookupOptions());
        long before = GC.GetAllocatedBytesForCurrentThread();
        lookup.Offer(nodes[0]);
        for (int i = 1; lookup.Next(out Contact contact) == LookupStep.Ask; i++)
        {
            lookup.OnReply(contact, nodes.AsSpan(i % nodes.Length), more: i % 2 == 0);
            lookup.CopyUnanswered(closest);
        }

        lookup.CopyClosest(closest);
        lookup.TryTakeResult(out _);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
