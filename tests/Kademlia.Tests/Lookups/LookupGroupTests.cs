using Kademlia.Lookups;
using static Kademlia.Tests.Lookups.LookupSteps;

namespace Kademlia.Tests.Lookups;

/// <summary>One of each address group among the k, as long as others can fill them.</summary>
public class LookupGroupTests
{
    private const int Crowd = 99;

    private static readonly Contact Near = Nodes.At(0b0001, Crowd, host: 1);
    private static readonly Contact Next = Nodes.At(0b0010, Crowd, host: 2);
    private static readonly Contact Far = Nodes.At(0b1000, Crowd, host: 3);
    private static readonly Contact Other = Nodes.At(0b0100);

    [Fact]
    public void Next_GroupHasAnswered_AsksOthersInstead()
    {
        Lookup lookup = Make(bucketSize: 2, parallelism: 1, offered: [Near, Next, Other, Far]);
        lookup.Answer(Near);
        lookup.Answer(Other);
        lookup.AssertDone();
        Assert.Equal([Near, Other], lookup.Closest());
    }

    [Fact]
    public void Next_GroupInFlight_AsksOtherGroupsFirst()
    {
        Lookup lookup = Make(bucketSize: 2, parallelism: 3, offered: [Near, Next, Other]);
        lookup.AssertAsks(Near);
        lookup.AssertAsks(Other);
        lookup.AssertAsks(Next);
    }

    [Fact]
    public void Next_NearestOfAGroupFails_TheNextOfItTakesItsPlace()
    {
        Lookup lookup = Make(bucketSize: 2, parallelism: 1, offered: [Near, Next, Other]);
        lookup.Fail(Near);
        lookup.Answer(Next);
        lookup.Answer(Other);
        lookup.AssertDone();
        Assert.Equal([Next, Other], lookup.Closest());
    }

    [Fact]
    public void Next_FartherOfAGroupAnsweredFirst_TheNearerStillCounts()
    {
        Lookup lookup = Make(bucketSize: 2, offered: [Far, Other]);
        lookup.Answer(Other);
        lookup.Answer(Far, Near);
        lookup.Answer(Near);
        Assert.Equal(LookupStep.Done, lookup.Next(out _));
        Assert.Equal([Near, Other], lookup.Closest());
    }

    [Fact]
    public void Next_OtherGroupsExhausted_FillsUpWithTheNearestOfThoseCounted()
    {
        Lookup lookup = Make(bucketSize: 3, offered: [Near, Next, Other, Far]);
        lookup.Answer(Near);
        lookup.AssertAsks(Other);
        lookup.AssertWaits();
        lookup.OnReply(Other, [], more: false);
        lookup.Answer(Next);
        lookup.AssertDone();
        Assert.Equal([Near, Next, Other], lookup.Closest());
    }

    [Fact]
    public void CopyUnanswered_GroupCountedNearer_LeavesTheRestOut()
    {
        Lookup lookup = Make(bucketSize: 2, parallelism: 3, offered: [Near, Next, Other]);
        lookup.AssertAsks(Near);
        lookup.AssertAsks(Other);
        lookup.Fail(Next);
        lookup.OnReply(Near, [], more: false);
        lookup.OnReply(Other, [], more: false);
        lookup.AssertDone();
        Assert.Empty(lookup.Unanswered());
    }

    [Fact]
    public void CopyUnanswered_OfANetworkInOneGroup_HasThoseWhoWouldFillUp()
    {
        Lookup lookup = Make(bucketSize: 3, parallelism: 1, offered: [Near, Next, Far]);
        lookup.Answer(Near);
        lookup.Fail(Next);
        lookup.Answer(Far);
        lookup.AssertDone();
        Assert.Equal([Next], lookup.Unanswered());
    }

    [Fact]
    public void Next_LocalAddresses_AreNotLimitedUnlessAskedFor()
    {
        Contact[] local = [.. Enumerable.Range(1, 3).Select(i => new Contact(Nodes.Id(i), PeerEndPoint.Parse($"127.0.0.1:{i}")))];
        Lookup free = new(Nodes.Id(0), new LookupOptions { BucketSize = 1 });
        Lookup limited = new(Nodes.Id(0), new LookupOptions { BucketSize = 3, LimitLocalAddressGroups = true });
        free.OfferAll(local);
        limited.OfferAll([.. local, Other]);
        free.Answer(local[0]);
        free.AssertDone();
        limited.AssertAsks(local[0]);
        limited.AssertAsks(Other);
    }

    [Fact]
    public void Thirty_servers_in_one_group_are_a_network_too()
    {
        Contact[] servers = Nodes.Random(new Random(1), 30, groups: 1);
        LookupOptions options = new();
        Lookup lookup = new(Nodes.Id(0), options);
        lookup.Offer(servers[0]);
        Contact[] expected = Nodes.Closest(servers, lookup.Target, options.BucketSize);
        World world = new World(lookup, options, new Random(2), _ => Script.Answer(expected)).Run();
        Assert.Equal(expected, world.Closest());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crowd_ground_next_to_the_key_gets_one_place_and_few_requests(bool alive)
    {
        Random random = new(1);
        LookupOptions options = new();
        NodeId target = NodeId.Random(random);
        Contact[] honest = Nodes.Random(random, 300);
        Contact[] crowd = [.. Enumerable.Range(0, 500).Select(i => new Contact(Nodes.IdNear(target, random, 40), Nodes.EndPoint(5_000, i)))];
        Lookup lookup = new(target, options);
        lookup.OfferAll([.. honest.Take(20), crowd[0], crowd[1]]);
        World world = new World(lookup, options, random, Answer).Run();

        Contact[] result = world.Closest();
        int expected = alive ? 1 : 0;
        Assert.Equal(expected, result.Count(crowd.Contains));
        Assert.Equal(Nodes.Closest(honest, target, 20 - expected), result.Where(honest.Contains));
        Assert.InRange(world.Asked.Count(crowd.Contains), 1, 40);

        Script Answer(Contact contact) =>
            honest.Contains(contact) ? Script.Answer([.. Nodes.Closest(crowd, target, 2), .. Nodes.Closest(SomeHonest(), target, 18)])
            : alive ? Script.Answer(Nodes.Closest(crowd.OrderBy(_ => random.Next()).Take(50), target, 20))
            : Script.Silence;

        IEnumerable<Contact> SomeHonest() => honest.Where(_ => random.Next(10) > 0);
    }
}
