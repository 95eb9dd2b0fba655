using Kademlia.Lookups;
using static Kademlia.Tests.Lookups.LookupSteps;

namespace Kademlia.Tests.Lookups;

/// <summary>Replies that were cut, and when the rest of them matters.</summary>
public class LookupMoreTests
{
    private static readonly Contact A = Nodes.At(0b0001);
    private static readonly Contact B = Nodes.At(0b0010);
    private static readonly Contact C = Nodes.At(0b0100);
    private static readonly Contact D = Nodes.At(0b1000);

    [Fact]
    public void Next_CutBeforeTheKth_AsksOnceMore()
    {
        Lookup lookup = Make(bucketSize: 2, offered: [B, C]);
        lookup.AnswerCut(B);
        lookup.Answer(C);
        lookup.AnswerCut(B, A);
        lookup.Answer(A);
        lookup.AssertDone();
        Assert.Equal([A, B], lookup.Closest());
    }

    [Fact]
    public void Next_CutBehindTheKth_IsDone()
    {
        Lookup lookup = Make(bucketSize: 2, offered: [A, B]);
        lookup.AnswerCut(A, B, C);
        lookup.AnswerCut(B, A, D);
        lookup.AssertDone();
    }

    [Fact]
    public void Next_CutAtTheKth_IsDone()
    {
        Lookup lookup = Make(bucketSize: 2, offered: [A, B]);
        lookup.AnswerCut(A, B);
        lookup.Answer(B);
        lookup.AssertDone();
    }

    [Fact]
    public void Next_FewerThanKKnown_AsksEveryoneWhoWasCutOnceMore()
    {
        Lookup lookup = Make(A, B);
        lookup.AnswerCut(A, B);
        lookup.AnswerCut(B, A);
        lookup.AnswerCut(A, B);
        lookup.AnswerCut(B, A, D);
        lookup.Answer(D);
        lookup.AssertDone();
        Assert.Equal(5, lookup.Asked);
        Assert.Equal(3, lookup.Answered);
    }

    [Fact]
    public void Next_SomebodyUnasked_IsAskedBeforeAnyoneIsAskedOnceMore()
    {
        Lookup lookup = Make(A, D);
        lookup.AnswerCut(A);
        lookup.AssertAsks(D);
        lookup.AssertAsks(A);
    }

    [Fact]
    public void Next_AwaitingTheRest_Waits()
    {
        Lookup lookup = Make(A);
        lookup.AnswerCut(A);
        lookup.AssertAsks(A);
        lookup.AssertWaits();
        lookup.OnSlow(A);
        lookup.AssertWaits();
        lookup.OnOverdue(A);
        lookup.AssertDone();
        Assert.Equal([A], lookup.Closest());
    }

    [Fact]
    public void OnFailure_OfTheSecondRequest_LeavesTheFirstAnswerStanding()
    {
        Lookup lookup = Make(A);
        lookup.AnswerCut(A);
        lookup.Fail(A);
        lookup.AssertDone();
        Assert.Equal([A], lookup.Closest());
        Assert.Empty(lookup.Unanswered());
        Assert.Equal(0, lookup.Failed);
    }

    [Fact]
    public void OnReply_LateToTheSecondRequest_IsRead()
    {
        Lookup lookup = Make(A, D);
        lookup.AnswerCut(A);
        lookup.AssertAsks(D);
        lookup.Fail(A);
        lookup.OnReply(A, [B], more: true);
        lookup.Answer(B);
        lookup.OnReply(D, [], more: false);
        lookup.AssertDone();
        Assert.Equal([A, B, D], lookup.Closest());
    }
}
