using FsCheck;
using FsCheck.Fluent;
using Kademlia.Lookups;

namespace Kademlia.Tests.Lookups;

/// <summary>What holds for every network, every order of events and every lie. Each failure prints its scenario.</summary>
public class LookupProperties
{
    private const int Runs = 100;

    private static readonly Gen<Scenario> AnyScenario =
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from nodes in Gen.Choose(1, 500)
        from bucketSize in Gen.Choose(1, 20)
        from parallelism in Gen.Choose(1, 5)
        from maxSlow in Gen.Choose(0, 16)
        from spareRoom in Gen.Choose(0, 60)
        select new Scenario(seed, nodes, bucketSize, parallelism, maxSlow, bucketSize + spareRoom);

    [Fact]
    public void Any_mixture_of_lies_silence_and_delay_ends_within_the_bounds() => ForAll(scenario =>
    {
        Lookup lookup = scenario.MakeLookup();
        Liars liars = new(scenario.Target, scenario.Random(1));
        lookup.OfferAll(liars.Name(20));
        World world = new World(lookup, scenario.Options, scenario.Random(2), liars.Script).Run().RunOut();
        Assert.Equal(world.Asked.Count, lookup.Asked);
        AssertDistinctAndSorted(world.Closest(), scenario);
        Assert.All(world.Closest(), contact => Assert.Contains(contact, world.Answered));
    });

    [Fact]
    public void Nobody_is_asked_twice_but_once_for_more() => ForAll(scenario =>
    {
        Lookup lookup = scenario.MakeLookup();
        Liars liars = new(scenario.Target, scenario.Random(1));
        lookup.OfferAll(liars.Name(20));
        World world = new World(lookup, scenario.Options, scenario.Random(2), liars.Script).Run();
        foreach (IGrouping<Contact, Contact> asked in world.Asked.GroupBy(contact => contact).Where(asked => asked.Count() > 1))
        {
            Assert.Contains(asked.Key, liars.Cut);
        }
    });

    [Fact]
    public void An_honest_network_where_all_know_all_yields_exactly_the_k_closest() => ForAll(scenario =>
    {
        Random random = scenario.Random(1);
        Contact[] nodes = Nodes.Random(random, scenario.Nodes);
        Lookup lookup = scenario.MakeRoomyLookup();
        lookup.Offer(nodes[0]);
        World world = new World(lookup, scenario.RoomyOptions, scenario.Random(2), _ => Lossy(random, Closest(nodes, scenario))).Run();
        Assert.Equal(Closest(nodes, scenario), world.Closest());
        Assert.Equal(world.Closest(), world.Taken);
    });

    [Fact]
    public void Nodes_that_know_what_routing_tables_hold_yield_exactly_the_k_closest() => ForAll(scenario =>
    {
        Random random = scenario.Random(1);
        Contact[] nodes = Nodes.Random(random, scenario.Nodes);
        Tables tables = new(nodes, scenario.BucketSize, random);
        Lookup lookup = scenario.MakeRoomyLookup();
        lookup.OfferAll(Closest(tables.Of(nodes[0]).Append(nodes[0]), scenario));
        World world = new World(
            lookup, scenario.RoomyOptions, scenario.Random(2), node => Lossy(random, Closest(tables.Of(node), scenario))).Run();
        Assert.Equal(Closest(nodes, scenario), world.Closest());
    });

    [Fact]
    public void Cut_replies_yield_exactly_the_k_closest_when_the_rest_is_asked_for() => ForAll(scenario =>
    {
        Random random = scenario.Random(1);
        Contact[] nodes = Nodes.Random(random, scenario.Nodes);
        HashSet<Contact> asked = [];
        Lookup lookup = scenario.MakeRoomyLookup();
        lookup.Offer(nodes[0]);
        World world = new World(lookup, scenario.RoomyOptions, scenario.Random(2), Answer).Run();
        Assert.Equal(Closest(nodes, scenario), world.Closest());

        Script Answer(Contact node)
        {
            Contact[] known = Closest(nodes, scenario);
            int fitting = asked.Add(node) ? random.Next(known.Length) : known.Length;
            return new Script(known[..fitting], fitting < known.Length, Happening.Replies);
        }
    });

    [Fact]
    public void One_of_each_group_and_then_the_closest_of_the_others() => ForAll(scenario =>
    {
        Random random = scenario.Random(1);
        Contact[] nodes = Nodes.Random(random, scenario.Nodes, groups: 1 + random.Next(30));
        Contact[] expected = Nodes.ClosestOfGroups(nodes, scenario.Target, scenario.BucketSize);
        Lookup lookup = scenario.MakeRoomyLookup();
        lookup.Offer(nodes[0]);
        World world = new World(lookup, scenario.RoomyOptions, scenario.Random(2), _ => Lossy(random, expected)).Run();
        Assert.Equal(expected, world.Closest());
    });

    [Fact]
    public void Repeated_unsolicited_and_misplaced_news_changes_nothing() => ForAll(scenario =>
    {
        (List<Contact> asked, Contact[] closest) calm = RunDisturbed(scenario, disturb: false);
        (List<Contact> asked, Contact[] closest) disturbed = RunDisturbed(scenario, disturb: true);
        Assert.Equal(calm.asked, disturbed.asked);
        Assert.Equal(calm.closest, disturbed.closest);
    });

    [Fact]
    public void The_stream_is_the_result_in_its_order() => ForAll(scenario =>
    {
        Lookup lookup = scenario.MakeLookup();
        Liars liars = new(scenario.Target, scenario.Random(1));
        lookup.OfferAll(liars.Name(20));
        World world = new World(lookup, scenario.Options, scenario.Random(2), liars.Script).Run();
        Assert.Equal(world.Closest(), world.Taken);
        world.RunOut();
        AssertDistinctAndSorted(world.Taken, scenario);
    });

    [Fact]
    public void Stopping_at_any_moment_frees_everything_for_good() => ForAll(scenario =>
    {
        Lookup lookup = scenario.MakeLookup();
        Liars liars = new(scenario.Target, scenario.Random(1));
        lookup.OfferAll(liars.Name(20));
        World world = new World(lookup, scenario.Options, scenario.Random(2), liars.Script).RunFor(scenario.Random(3).Next(60));
        lookup.Stop();
        Contact[] closest = world.Closest();
        string state = lookup.ToString();
        Assert.Equal(0, lookup.InFlight);
        world.RunOut();
        Assert.Equal(LookupStep.Done, lookup.Next(out _));
        Assert.Equal(state, lookup.ToString());
        Assert.Equal(closest, world.Closest());
    });

    private static (List<Contact> Asked, Contact[] Closest) RunDisturbed(Scenario scenario, bool disturb)
    {
        Lookup lookup = scenario.MakeLookup();
        Liars liars = new(scenario.Target, scenario.Random(1));
        lookup.OfferAll(liars.Name(20));
        Random random = scenario.Random(4);
        World world = null!;
        world = new World(lookup, scenario.Options, scenario.Random(2), liars.HonestlyTimed)
        {
            Disturb = () => _ = disturb && Interfere(lookup, world.Settled, scenario, random),
        };
        world.Run();
        return (world.Asked, world.Closest());
    }

    private static bool Interfere(Lookup lookup, Contact[] settled, Scenario scenario, Random random)
    {
        Contact stranger = Nodes.Random(random, 1)[0];
        Contact nearer = new(Nodes.IdNear(scenario.Target, random, 60), Nodes.EndPoint(70_000, 1));
        lookup.OnReply(stranger, [nearer], more: true);
        lookup.OnSlow(stranger);
        lookup.OnOverdue(stranger);
        lookup.OnFailure(stranger);
        lookup.OnLeftOut(stranger);
        if (settled.Length > 0)
        {
            Contact one = settled[random.Next(settled.Length)];
            lookup.OnReply(one, [nearer], more: true);
            lookup.OnSlow(one);
            lookup.OnOverdue(one);
            lookup.OnFailure(one);
            lookup.OnLeftOut(one);
        }

        return true;
    }

    private static Script Lossy(Random random, Contact[] referred) =>
        random.Next(10) < 3 ? Script.SlowAnswer(referred) : Script.Answer(referred);

    private static Contact[] Closest(IEnumerable<Contact> nodes, Scenario scenario) =>
        Nodes.Closest(nodes, scenario.Target, scenario.BucketSize);

    private static void AssertDistinctAndSorted(IReadOnlyList<Contact> contacts, Scenario scenario)
    {
        Assert.InRange(contacts.Count, 0, scenario.BucketSize);
        for (int i = 1; i < contacts.Count; i++)
        {
            Assert.True((contacts[i - 1].Id ^ scenario.Target) < (contacts[i].Id ^ scenario.Target));
        }

        Assert.Equal(contacts.Count, contacts.DistinctBy(contact => contact.EndPoint).Count());
    }

    private static void ForAll(Action<Scenario> holds) =>
        Prop.ForAll(AnyScenario.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));
}
