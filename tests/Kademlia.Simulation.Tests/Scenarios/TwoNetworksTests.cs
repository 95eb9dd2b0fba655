using Kademlia.Core;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Two networks on the same ports, each of which is told the addresses of both.</summary>
public sealed class TwoNetworksTests
{
    private const int NodesEach = 3;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly VirtualNetwork _network = new(seed: 1) { Latency = SmallNetwork.NearLinks };
    private readonly List<VirtualMachine>[] _sides = [[], []];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_never_mix_although_a_node_of_one_takes_the_place_of_one_of_the_other(bool byKey) => _network.Run(async () =>
    {
        VirtualMachine[] machines = [.. Enumerable.Range(0, 2 * NodesEach).Select(_ => _network.AddMachine())];
        string[] bootstrap = [.. machines.Take(2).Select(m => m.ToString())];
        for (int i = 0; i < machines.Length; i++)
        {
            await StartAsync(machines[i], side: i % 2);
        }

        await _network.DelayAsync(Hour);
        await AssertApartAsync();
        VirtualMachine moved = _sides[0][1];
        moved.Kill();
        _sides[0].Remove(moved);
        await StartAsync(_network.AddMachine(moved.EndPoints), side: 1);
        await _network.DelayAsync(Hour);
        await AssertApartAsync();
        Assert.All(_sides, side => Assert.Contains(side, m => DroppedAsForeign(m.Node!) > 0));

        Task StartAsync(VirtualMachine machine, int side)
        {
            _sides[side].Add(machine);
            return machine.StartAsync(new KademliaOptions
            {
                Bootstrap = [.. bootstrap],
                NetworkName = byKey ? "one" : $"network {side}",
                NetworkKey = byKey ? Enumerable.Repeat((byte)side, 32).ToArray() : default,
            });
        }

        long DroppedAsForeign(KademliaNode node) => node.Core.Counters[byKey ? DropReason.Unsealed : DropReason.OtherNetwork];
    });

    /// <summary>Everybody knows all of its side and nobody else, and reads under a key of both what its own side wrote.</summary>
    private async Task AssertApartAsync()
    {
        foreach (List<VirtualMachine> side in _sides)
        {
            await Task.WhenAll(side.Select(m => m.Node!.PutOpenAsync("topic", m.Node!.Id.ToByteArray())));
        }

        foreach (List<VirtualMachine> side in _sides)
        {
            NodeId[] ids = [.. side.Select(m => m.Node!.Id).Order()];
            foreach (KademliaNode node in side.Select(m => m.Node!))
            {
                Assert.Equal(ids, node.Contacts.Select(c => c.Id).Append(node.Id).Order());
                GetResult topic = await node.GetAsync(RecordKey.ForName("topic"));
                Assert.Subset(ids.ToHashSet(), topic.Records.Where(r => Lives(r.Writer)).Select(r => r.Writer).ToHashSet());
                Assert.Equal(ids.Length, topic.Records.Count(r => Lives(r.Writer)));
            }
        }
    }

    private bool Lives(NodeId writer) => _network.Nodes.Any(n => n.Id == writer);
}
