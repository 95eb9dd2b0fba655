using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>A part of the network works against the others.</summary>
public sealed class AdversaryTests
{
    private const int Honest = 32;
    private const int Bad = 8;

    [Theory]
    [MemberData(nameof(Dozen), MemberType = typeof(SmallNetwork))]
    public void Where_one_of_five_lies_every_record_is_found(int seed)
    {
        LiarActor[] liars = [];
        AssertAllFound(JoinAmong(seed, Honest, network => liars = AdmitLiars(network, Bad, [])));
        Assert.All(liars, liar => Assert.True(liar.Received > 0));
    }

    [Theory]
    [MemberData(nameof(Dozen), MemberType = typeof(SmallNetwork))]
    public void Where_one_of_five_forges_every_record_is_found(int seed)
    {
        ForgerActor[] forgers = [.. Enumerable.Range(0, Bad).Select(_ => new ForgerActor())];
        AssertAllFound(JoinAmong(seed, Honest, network => Array.ForEach(forgers, forger => network.Admit(forger))));
        Assert.True(forgers.Sum(f => f.Forged) > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Ids_ground_next_to_a_key_do_not_hide_it_while_they_are_of_few_address_groups(int seed)
    {
        byte[] value = [(byte)seed];
        NodeId key = RecordKey.ForContent(value).Hash;
        List<Contact> gang = [];
        VirtualNetwork network = JoinAmong(seed, Honest, early =>
        {
            for (int i = 0; i < K; i++)
            {
                LiarActor liar = new(gang, early.CreateIdentityNear(key, bits: 10));
                gang.Add(early.Admit(liar, PeerEndPoint.Parse($"198.18.{i % 4}.{i}:7411")).Contact);
            }
        });
        network.Run(async () =>
        {
            PutReceipt receipt = await network.RandomNode().PutContentAsync(value);
            Assert.NotEmpty(receipt.Verdicts.Select(v => v.Contact).Intersect(gang));
            GetResult[] results = await Task.WhenAll(network.Nodes.Select(n => n.GetAsync(receipt.Key)));
            Assert.All(results, result => Assert.True(result.Found));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whoever_has_one_of_five_ids_has_about_one_of_five_places_and_in_no_table_two(int seed)
    {
        List<Contact> gang = [];
        VirtualNetwork network = JoinAmong(seed, count: 60, late => AdmitLiars(late, 15, gang), first: 30);
        double[] shares = [.. network.Nodes.Select(n => n.Contacts.Intersect(gang).Count() / (double)n.Contacts.Count)];
        Assert.InRange(shares.Average(), 0.5 / 5, 1.25 / 5);
        Assert.All(shares, share => Assert.InRange(share, 0, 2.0 / 5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whoever_pays_for_two_address_groups_has_at_most_ten_places_for_each_however_many_ids_it_has(int seed)
    {
        FlooderActor flooder = new(ids: 60, addressGroups: 2, TimeSpan.FromMinutes(1));
        VirtualNetwork network = JoinAmong(seed, Honest, early => early.Admit(flooder));
        network.Run(TimeSpan.FromMinutes(5));
        AssertAllFound(network);
        int[] places = [.. network.Nodes.Select(n => n.Contacts.Intersect(flooder.Faces).Count())];
        Assert.True(places.Sum() > 0);
        Assert.All(places, count => Assert.InRange(count, 0, 2 * 10));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_flood_of_newcomers_takes_no_place_from_whoever_lives(int seed)
    {
        VirtualNetwork network = Join(seed, Honest);
        Dictionary<KademliaNode, IReadOnlyList<Contact>> before = network.Nodes.ToDictionary(n => n, n => n.Contacts);
        FlooderActor flooder = network.Admit(new FlooderActor(ids: 60, addressGroups: 60, TimeSpan.FromMinutes(1)));
        network.Run(TimeSpan.FromMinutes(5));
        Assert.True(network.Nodes.Sum(n => n.Contacts.Intersect(flooder.Faces).Count()) > 0);
        Assert.All(network.Nodes, n => Assert.Empty(before[n].Except(n.Contacts)));
        AssertAllFound(network);
    }

    private static LiarActor[] AdmitLiars(VirtualNetwork network, int count, List<Contact> gang)
    {
        LiarActor[] liars = [.. Enumerable.Range(0, count).Select(_ => network.Admit(new LiarActor(gang)))];
        gang.AddRange(liars.Select(l => l.Contact));
        return liars;
    }

    private static void AssertAllFound(VirtualNetwork network) => network.Run(async () =>
    {
        Put[] puts = await PutAsync(network, 20);
        GetResult[] results = await Task.WhenAll(puts.Select(p => network.RandomNode().GetAsync(p.Receipt.Key)));
        Assert.All(results.Zip(puts), pair => Assert.True(Has(pair.First, pair.Second)));
    });
}
