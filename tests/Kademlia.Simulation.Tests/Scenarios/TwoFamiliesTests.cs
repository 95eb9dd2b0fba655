namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>IPv4-only nodes and IPv6-only nodes, which dual-stack nodes bring together.</summary>
public sealed class TwoFamiliesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly VirtualNetwork _network = new(seed: 1) { Latency = SmallNetwork.NearLinks };

    [Fact]
    public void What_one_family_puts_and_deletes_the_other_finds_and_misses() => _network.Run(async () =>
    {
        (KademliaNode[] dual, KademliaNode[] four, KademliaNode[] six) = await StartAsync();
        foreach ((KademliaNode[] writers, KademliaNode[] readers) in ((KademliaNode[], KademliaNode[])[])[(four, six), (six, four)])
        {
            KademliaNode writer = writers[1];
            PutReceipt[] puts =
            [
                await writer.PutAsync("record", new byte[1]),
                await writer.PutContentAsync(writer.Id.ToByteArray()),
                await writer.PutOpenAsync("topic", new byte[1]),
            ];
            Assert.All(puts, put => Assert.Equal(dual.Length + writers.Length, put.Stored));
            foreach (KademliaNode reader in readers)
            {
                GetResult[] results = await Task.WhenAll(puts.Select(p => reader.GetAsync(p.Key)));
                Assert.All(results, result => Assert.Contains(result.Records, r => r.Kind == RecordKind.Content || r.Writer == writer.Id));
            }

            await writer.DeleteAsync("record");
            Assert.All(await Task.WhenAll(readers.Select(r => r.GetAsync(puts[0].Key))), result => Assert.True(result.IsDeleted));
        }
    });

    [Fact]
    public void The_receipt_of_a_node_in_both_shows_each_family() => _network.Run(async () =>
    {
        (KademliaNode[] dual, KademliaNode[] four, KademliaNode[] six) = await StartAsync();
        PutReceipt put = await dual[0].PutAsync("record", new byte[1]);
        Assert.Equal(_network.Nodes.Count, put.Stored);
        Assert.Equal(put.Stored, put.Wanted);
        AssertSame(dual.Concat(four), put.Verdicts.Where(v => v.Contact.EndPoint.IsIPv4));
        AssertSame(dual.Concat(six), put.Verdicts.Where(v => !v.Contact.EndPoint.IsIPv4));
        _network.Links.Add(Cut(dual[0], ipv4: true));
        PutReceipt half = await dual[0].PutAsync("record", new byte[2]);
        AssertSame(dual.Concat(six), half.Verdicts.Where(v => v.Outcome == StoreOutcome.Stored && !v.Contact.EndPoint.IsIPv4));
        Assert.DoesNotContain(half.Verdicts, v => v.Outcome == StoreOutcome.Stored && v.Contact.EndPoint.IsIPv4 && v.Contact.Id != dual[0].Id);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_in_both_of_which_one_dies_goes_on_in_the_other_and_is_back_when_it_lives(bool ipv4) => _network.Run(async () =>
    {
        (KademliaNode[] dual, KademliaNode[] four, KademliaNode[] six) = await StartAsync();
        Barrier barrier = Cut(dual[0], ipv4);
        _network.Links.Add(barrier);
        KademliaNode there = (ipv4 ? four : six)[0];
        foreach (TimeSpan wait in (TimeSpan[])[TimeSpan.Zero, 30 * Minute])
        {
            await _network.DelayAsync(wait);
            TimeSpan began = _network.Now;
            PutReceipt put = await dual[0].PutContentAsync(BitConverter.GetBytes(wait.Ticks));
            PutReceipt other = await there.PutContentAsync(BitConverter.GetBytes(~wait.Ticks));
            Assert.True((await there.GetAsync(put.Key)).Found);
            Assert.True((await dual[0].GetAsync(other.Key)).Found);
            Assert.False((await dual[0].GetAsync(RecordKey.ForName("nothing"))).Found);
            Assert.InRange(_network.Now - began, TimeSpan.Zero, 30 * TimeSpan.FromSeconds(1));
        }

        Assert.True(barrier.Fired > 0);
        barrier.IsOpen = true;
        await _network.DelayAsync(30 * Minute);
        Assert.Contains(there.Contacts, c => c.Id == dual[0].Id);
        PutReceipt again = await dual[0].PutAsync("record", new byte[1]);
        Assert.Equal(_network.Nodes.Count, again.Stored);
    });

    private async Task<(KademliaNode[] Dual, KademliaNode[] Four, KademliaNode[] Six)> StartAsync()
    {
        KademliaNode[] dual = await StartAsync(2, ipv4: true, ipv6: true);
        KademliaNode[] four = await StartAsync(4, ipv4: true, ipv6: false);
        KademliaNode[] six = await StartAsync(4, ipv4: false, ipv6: true);
        await _network.DelayAsync(Minute);
        return (dual, four, six);
    }

    private async Task<KademliaNode[]> StartAsync(int count, bool ipv4, bool ipv6)
    {
        KademliaNode[] nodes = new KademliaNode[count];
        for (int i = 0; i < count; i++)
        {
            nodes[i] = await _network.AddMachine(ipv4, ipv6).StartAsync();
        }

        return nodes;
    }

    private static void AssertSame(IEnumerable<KademliaNode> nodes, IEnumerable<StoreVerdict> verdicts) =>
        Assert.Equal(nodes.Select(n => n.Id).Order(), verdicts.Select(v => v.Contact.Id).Order());

    private Barrier Cut(KademliaNode node, bool ipv4)
    {
        PeerEndPoint dead = _network.MachineOf(node).EndPoints.Single(e => e.IsIPv4 == ipv4);
        return new Barrier((source, destination) => source == dead || destination == dead);
    }
}
