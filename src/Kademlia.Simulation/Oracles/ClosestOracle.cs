namespace Kademlia.Simulation.Oracles;

/// <summary>Knows all nodes, and so which are the true closest to a point, by the rule of address groups that lookups keep.</summary>
/// <remarks>
/// Ids that share a prefix lie side by side in their order. The closest to a point share its longest prefix that enough
/// nodes have: that range is found by bisection, and sorted by distance.
/// </remarks>
internal sealed class ClosestOracle
{
    private const int WordBits = 64;

    private readonly Entry[] _entries;
    private readonly ulong[] _words;

    public ClosestOracle(IEnumerable<(KademliaNode Node, PeerEndPoint EndPoint)> nodes)
    {
        _entries = [.. nodes.Select(n => new Entry(n.Node, n.EndPoint)).OrderBy(e => e.Node.Id)];
        _words = Array.ConvertAll(_entries, e => e.Node.Id.Word0);
    }

    /// <summary>The closest to a point, the closest first.</summary>
    public IReadOnlyList<KademliaNode> Closest(NodeId target, int count)
    {
        int prefix = (int)Math.Log2(_entries.Length + 1);
        KademliaNode[] chosen;
        do
        {
            prefix = Math.Max(0, prefix - 1);
            chosen = Choose(RangeOf(target, prefix), target, count);
        }
        while (chosen.Length < count && prefix > 0);
        return chosen.Length < count ? Choose(RangeOf(target, 0), target, count, fill: true) : chosen;
    }

    /// <summary>One node of each address group; when there are too few groups, the places left go to the nearest of the others.</summary>
    private static KademliaNode[] Choose(ReadOnlySpan<Entry> range, NodeId target, int count, bool fill = false)
    {
        Entry[] sorted = [.. range.ToArray().OrderBy(e => e.Node.Id ^ target)];
        HashSet<AddressGroup> groups = [];
        List<Entry> chosen = [.. sorted.Where(e => !e.IsLimited || groups.Add(e.Group)).Take(count)];
        if (fill)
        {
            chosen.AddRange(sorted.Except(chosen).Take(count - chosen.Count));
        }

        return [.. chosen.OrderBy(e => e.Node.Id ^ target).Select(e => e.Node)];
    }

    /// <summary>All whose ids begin with as many bits of the target.</summary>
    private ReadOnlySpan<Entry> RangeOf(NodeId target, int prefix)
    {
        ulong rest = prefix == 0 ? ulong.MaxValue : (1UL << (WordBits - prefix)) - 1;
        ulong first = target.Word0 & ~rest;
        int from = CountBelow(first);
        int to = (first | rest) == ulong.MaxValue ? _entries.Length : CountBelow((first | rest) + 1);
        return _entries.AsSpan(from, to - from);
    }

    private int CountBelow(ulong word)
    {
        int index = Array.BinarySearch(_words, word);
        while (index > 0 && _words[index - 1] == word)
        {
            index--;
        }

        return index < 0 ? ~index : index;
    }

    private readonly record struct Entry(KademliaNode Node, PeerEndPoint EndPoint)
    {
        public AddressGroup Group => AddressGroup.Of(EndPoint);

        public bool IsLimited => AddressGroup.IsLimited(EndPoint, limitLocal: false);
    }
}
