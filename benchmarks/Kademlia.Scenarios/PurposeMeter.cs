using Kademlia.Core;
using Kademlia.Simulation;

namespace Kademlia.Scenarios;

/// <summary>Adds up what all nodes sent by what it was for, also those that ended meanwhile. No two nodes may have run at one place.</summary>
internal sealed class PurposeMeter : LinkRule
{
    private readonly VirtualNetwork _network;
    private readonly Dictionary<PeerEndPoint, CoreCounters> _nodes = [];
    private readonly Dictionary<Purpose, long> _before;

    /// <summary>Begins to count.</summary>
    public PurposeMeter(VirtualNetwork network)
    {
        _network = network;
        TakeIn();
        _before = Count();
    }

    /// <summary>Notes what each of the nodes that run now would have sent for each purpose in every second of a time.</summary>
    public void Note(Trial trial, string name, TimeSpan time)
    {
        foreach ((Purpose purpose, long bytes) in Count())
        {
            trial.Note($"{name}: sent for {purpose}", (bytes - _before[purpose]) / (_network.Nodes.Count * time.TotalSeconds), "B/node/s");
        }
    }

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        if (!_nodes.ContainsKey(flight.Source))
        {
            TakeIn();
        }

        return false;
    }

    /// <summary>Newcomers stand at the end.</summary>
    private void TakeIn()
    {
        for (int i = _network.Nodes.Count - 1; i >= 0; i--)
        {
            KademliaNode node = _network.Nodes[i];
            if (!_nodes.TryAdd(_network.MachineOf(node).EndPoints[0], node.Core.Counters))
            {
                return;
            }
        }
    }

    private Dictionary<Purpose, long> Count() =>
        Enum.GetValues<Purpose>().ToDictionary(p => p, p => _nodes.Values.Sum(counters => counters[p].BytesSent));
}
