using Kademlia.Lookups;
using static Kademlia.Tests.Lookups.LookupSteps;

namespace Kademlia.Tests.Lookups;

/// <summary>What a liar's word is worth, and who gives way when there is no room.</summary>
public class LookupCreditTests
{
    private static readonly Contact Liar = Nodes.At(0b1000);
    private static readonly Contact Honest = Nodes.At(0b1001);
    private static readonly Contact Lie1 = Nodes.At(0b0001);
    private static readonly Contact Lie2 = Nodes.At(0b0010);
    private static readonly Contact Lie3 = Nodes.At(0b0011);
    private static readonly Contact Truth = Nodes.At(0b0111);

    [Fact]
    public void Next_CreditSpent_AsksOthersFirstAndTheRestInTheEnd()
    {
        Lookup lookup = MakeSpent();
        lookup.Answer(Honest, Truth);
        lookup.Answer(Truth);
        lookup.Fail(Lie3);
        lookup.AssertDone();
        Assert.Equal([Truth, Liar, Honest], lookup.Closest());
    }

    [Fact]
    public void Next_NamedByAnotherToo_IsAskedInItsTurn()
    {
        Lookup lookup = MakeSpent();
        lookup.Answer(Honest, Lie3, Truth);
        lookup.AssertAsks(Lie3);
    }

    [Fact]
    public void Next_NamedByAnotherBeforeCreditWasSpent_IsAskedInItsTurn()
    {
        Lookup lookup = Make(Liar, Honest, Nodes.At(0b1010));
        lookup.AssertAsks(Liar);
        lookup.AssertAsks(Honest);
        lookup.OnReply(Liar, [Lie1, Lie2, Lie3], more: false);
        lookup.OnReply(Honest, [Lie3], more: false);
        lookup.Fail(Lie1);
        lookup.Fail(Lie2);
        lookup.AssertAsks(Lie3);
    }

    [Fact]
    public void Offer_OfOneThatWasNamed_NeedsNoCredit()
    {
        Lookup lookup = MakeSpent();
        lookup.Offer(Lie3);
        lookup.AssertAsks(Lie3);
        Assert.Equal(0, lookup.HopsTo(Lie3));
    }

    [Fact]
    public void OnReply_LateFromAReferral_RestoresCredit()
    {
        Lookup lookup = MakeSpent();
        lookup.OnReply(Lie1, [], more: false);
        lookup.AssertAsks(Lie3);
    }

    [Fact]
    public void OnLeftOut_OfAReferral_CostsItsReplierNothing()
    {
        Lookup lookup = Make(parallelism: 1, offered: [Liar, Honest]);
        lookup.Answer(Liar, Lie1, Lie2);
        lookup.AssertAsks(Lie1);
        lookup.OnLeftOut(Lie1);
        lookup.AssertAsks(Lie2);
    }

    [Fact]
    public void Offer_NoRoom_TheFarthestUnaskedGivesWay()
    {
        Lookup lookup = Make(bucketSize: 2, maxCandidates: 2, offered: [Liar, Honest]);
        lookup.Offer(Truth);
        lookup.Offer(Nodes.At(0b1111));
        lookup.AssertAsks(Truth);
        lookup.AssertAsks(Liar);
        lookup.Offer(Lie1);
        lookup.AssertWaits();
    }

    [Fact]
    public void OnReply_NoRoom_ThoseWithoutCreditGiveWayFirst()
    {
        Lookup lookup = Make(bucketSize: 4, parallelism: 1, maxCandidates: 5, offered: [Liar, Honest]);
        lookup.Answer(Liar, Lie1, Lie2, Lie3);
        lookup.Fail(Lie1);
        lookup.Answer(Honest, Truth);
        lookup.Answer(Truth);
        lookup.Fail(Lie2);
        lookup.AssertDone();
    }

    [Fact]
    public void A_liar_with_dead_ids_is_passed_over_once_its_credit_is_spent()
    {
        Random random = new(1);
        LookupOptions options = new();
        NodeId target = NodeId.Random(random);
        Contact[] honest = Nodes.Random(random, 300);
        Contact[] closest = Nodes.Closest(honest, target, options.BucketSize);
        Contact[] lies = [.. Enumerable.Range(0, 20).Select(i => new Contact(Nodes.IdNear(target, random, 40), Nodes.EndPoint(5_000 + i, 1)))];
        Contact liar = new(Nodes.IdNear(target, random, 20), Nodes.EndPoint(6_000, 1));
        Lookup lookup = new(target, options);
        lookup.OfferAll([.. honest.Except(closest).Take(19), liar]);
        World world = new World(lookup, options, random, Answer).Run();

        int firstOfTheClosest = world.Asked.FindIndex(closest.Contains);
        int lastOfTheClosest = world.Asked.FindLastIndex(closest.Contains);
        Assert.Contains(world.Asked, lies.Contains);
        Assert.InRange(world.Asked[firstOfTheClosest..lastOfTheClosest].Count(lies.Contains), 0, options.Parallelism);
        Assert.Equal(Nodes.Closest(honest.Append(liar), target, options.BucketSize), world.Closest());

        Script Answer(Contact contact) =>
            contact == liar ? Script.Answer(lies)
            : lies.Contains(contact) ? Script.Silence
            : Script.Answer(closest);
    }

    /// <summary>A lookup where one replier named three, of which the two asked failed: its credit, which is two here, is spent.</summary>
    private static Lookup MakeSpent()
    {
        Lookup lookup = Make(Liar, Honest);
        lookup.Answer(Liar, Lie1, Lie2, Lie3);
        lookup.Fail(Lie1);
        lookup.Fail(Lie2);
        return lookup;
    }
}
