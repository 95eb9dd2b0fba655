namespace Kademlia.Simulation.Tests;

public sealed class ActorTests
{
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(10);

    private readonly VirtualNetwork _network = new(seed: 1);

    [Fact]
    public void A_slow_actor_is_admitted_and_answers_truly_but_late()
    {
        Join(10);
        TimeSpan delay = TimeSpan.FromMilliseconds(600);
        SlowActor slow = _network.Admit(new SlowActor(delay));
        _network.Run(AWhile);
        Assert.All(_network.Nodes, node => Assert.Contains(slow.Contact, node.Contacts));
        _network.Run(async () =>
        {
            TimeSpan asked = _network.Now;
            Assert.NotNull(await _network.Nodes[0].PingAsync(slow.EndPoint));
            Assert.InRange(_network.Now - asked, delay, 2 * delay);
            Assert.Equal(10, (await _network.Nodes[0].FindClosestAsync(slow.Contact.Id)).Count);
            PutReceipt receipt = await _network.Nodes[0].PutAsync("a", new byte[1]);
            Assert.Contains(receipt.Verdicts, v => v.Contact == slow.Contact && v.Outcome == StoreOutcome.Stored);
            _network.KillAtRandom(1);
            KademliaNode reader = await _network.AddMachine().StartAsync(Through(slow));
            Assert.True((await reader.GetAsync(receipt.Key)).Found);
        });
    }

    [Fact]
    public void Liars_name_each_other_and_are_asked()
    {
        Join(10);
        List<Contact> gang = [];
        LiarActor[] liars = [.. Enumerable.Range(0, 5).Select(_ => _network.Admit(new LiarActor(gang)))];
        gang.AddRange(liars.Take(4).Select(l => l.Contact));
        _network.Run(AWhile);
        KademliaNode newcomer = _network.Run(() => _network.AddMachine().StartAsync(Through(liars[4])));
        Assert.NotEmpty(newcomer.Contacts);
        Assert.Empty(newcomer.Contacts.Except(gang).Except([liars[4].Contact]));
    }

    [Fact]
    public void What_a_forger_gives_is_not_believed_whatever_its_kind()
    {
        Join(3);
        ForgerActor forger = _network.Admit(new ForgerActor());
        _network.Run(async () =>
        {
            KademliaNode reader = await _network.StartNodeAsync(new KademliaOptions { Role = NodeRole.Client });
            PutReceipt content = await _network.Nodes[0].PutContentAsync(new byte[] { 1 });
            PutReceipt owner = await _network.Nodes[0].PutAsync("a", new byte[] { 2 });
            PutReceipt open = await _network.Nodes[0].PutOpenAsync("b", new byte[] { 3 });
            foreach (PutReceipt receipt in new[] { content, owner, open })
            {
                Assert.Contains(receipt.Verdicts, v => v.Contact == forger.Contact && v.Outcome == StoreOutcome.Stored);
                Record got = Assert.Single((await reader.GetAsync(receipt.Key)).Records);
                Assert.Equal(receipt.Record.Value.ToArray(), got.Value.ToArray());
            }

            Assert.False((await reader.GetAsync(RecordKey.ForName("nothing"))).Found);
        });
        Assert.True(forger.Forged >= 4);
    }

    [Fact]
    public void A_spoofer_is_answered_elsewhere()
    {
        Join(5);
        SilentActor victim = _network.Admit(new SilentActor());
        SpooferActor spoofer = _network.Admit(new SpooferActor(TimeSpan.FromMilliseconds(100), victim.EndPoint));
        _network.Run(AWhile);
        Assert.True(spoofer.Sent >= 100);
        Assert.Equal(0, spoofer.Received);
        Assert.InRange(victim.Received, spoofer.Sent - 5, spoofer.Sent);
    }

    [Fact]
    public void An_amplifier_is_answered_by_everybody_with_everything()
    {
        Join(5);
        AmplifierActor amplifier = _network.Admit(new AmplifierActor(TimeSpan.FromMilliseconds(100), RecordKey.ForName("a")));
        _network.Run(AWhile);
        Assert.True(amplifier.Sent >= 100);
        Assert.InRange(amplifier.Received, amplifier.Sent - 5, amplifier.Sent);
        Assert.True(amplifier.BytesReceived > amplifier.Received);
    }

    [Fact]
    public void A_flooder_has_many_ids_in_few_address_groups_and_some_are_admitted()
    {
        Join(5);
        FlooderActor flooder = _network.Admit(new FlooderActor(ids: 30, addressGroups: 3, TimeSpan.FromMinutes(1)));
        _network.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(30, flooder.Faces.Distinct().Count());
        Assert.Equal(3, flooder.Faces.Select(f => AddressGroup.Of(f.EndPoint)).Distinct().Count());
        Assert.All(_network.Nodes, node => Assert.NotEmpty(node.Contacts.Intersect(flooder.Faces)));
    }

    [Fact]
    public void A_guessed_token_stores_nothing()
    {
        Join(5);
        TokenGuesserActor guesser = _network.Admit(new TokenGuesserActor(TimeSpan.FromSeconds(2)));
        _network.Run(TimeSpan.FromHours(1.5));
        Assert.True(guesser.Guesses > 10_000);
        Assert.True(guesser.Received > guesser.Guesses / 2);
        Assert.All(_network.Nodes, node => Assert.Equal(0, node.Info.Records));
    }

    [Fact]
    public void An_id_can_be_ground_next_to_a_point()
    {
        NodeId point = NodeId.Random(_network.Random);
        Assert.InRange(_network.CreateIdentityNear(point, bits: 10).Id.CommonPrefixLength(point), 10, 255);
        Assert.Throws<ArgumentOutOfRangeException>(() => _network.CreateIdentityNear(point, bits: 40));
    }

    private void Join(int count) => _network.Run(() => _network.StartNodesAsync(count));

    private static KademliaOptions Through(Actor actor) => new() { Bootstrap = { actor.EndPoint.ToString() } };
}
