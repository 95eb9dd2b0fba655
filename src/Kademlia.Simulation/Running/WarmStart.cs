using Kademlia.Core;
using Kademlia.Routing;

namespace Kademlia.Simulation.Running;

/// <summary>Starts a whole network at once, its routing tables filled by one who knows all nodes: for networks too large to join one by one.</summary>
/// <remarks>
/// <para>
/// The nodes are begun alone. Then each is offered the contacts that joining would have brought it: of every range of ids that shares a
/// prefix with its own, all when they are few, else as many as a bucket holds: most of them from around one point, for joining fills a
/// far bucket by one walk into its range, and the others from all over it. The nearest range comes first. The table itself decides which it takes.
/// </para>
/// <para>
/// A contact in a table has answered and proved its id, so each node also knows of it what an answer tells: that it is proven, its
/// address token, and a round trip. What is missing against a network that joined: replacements for full buckets, estimates of
/// the network's size, votes on the node's own address, and whatever the walks of joining taught of nodes that have no place in the table.
/// </para>
/// </remarks>
internal sealed class WarmStart(VirtualNetwork network)
{
    /// <summary>A range of up to so many times k is offered whole: the table may take them as its nearest.</summary>
    private const int WholeRange = 3;

    /// <summary>This part of a far bucket lies around one point (measured in joined networks: 0.57 to 0.68 of it within an eighth of the range).</summary>
    private const double ClusteredPart = 0.6;

    private readonly Random _random = network.NextRandom();
    private KademliaNode[] _nodes = [];
    private Contact[] _contacts = [];

    /// <summary>Starts nodes on machines of their own, and makes them know each other. They must be the network's first.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">How; null for the defaults. They must serve.</param>
    /// <param name="filled">Called for each node whose table is filled.</param>
    public async Task<IReadOnlyList<KademliaNode>> StartNodesAsync(int count, KademliaOptions? options = null, Action? filled = null)
    {
        Task<KademliaNode>[] starts = [.. Enumerable.Range(0, count).Select(_ => network.AddMachine().StartAloneAsync(options))];
        KademliaNode[] nodes = await Task.WhenAll(starts).ConfigureAwait(false);
        _nodes = [.. nodes.OrderBy(n => n.Id)];
        _contacts = Array.ConvertAll(_nodes, n => new Contact(n.Id, n.LocalEndPoints[0]));
        for (int i = 0; i < count; i++)
        {
            Fill(i);
            filled?.Invoke();
        }

        return nodes;
    }

    private void Fill(int self)
    {
        NodeCore core = _nodes[self].Core;
        RoutingTable table = core.Overlays[0].Table;
        foreach (Range range in RangesAround(self))
        {
            foreach (int other in Choose(range, core.Options.BucketSize))
            {
                Learn(core, table, self, other);
            }
        }

        while (table.TryGetBucketToRefresh(core.Now, core.Options.RefreshInterval, _random, out NodeId target))
        {
            table.OnLookup(target, core.Now); // Joining has looked into every range.
        }

        core.Turn(() => core.Upkeep.Joined.Keep(true), core.Now);
    }

    private void Learn(NodeCore core, RoutingTable table, int self, int other)
    {
        if (table.Add(_contacts[other], core.Now, out _) is not (AddOutcome.Added or AddOutcome.Cached))
        {
            return;
        }

        NodeCore asked = _nodes[other].Core;
        (PeerEndPoint here, PeerEndPoint there) = (_contacts[self].EndPoint, _contacts[other].EndPoint);
        PeerState peer = core.Peers.Get(there);
        peer.OnReply(asked.Id, asked.Tokens.Issue(here, core.Id, asked.Now));
        peer.OnRoundTrip(network.Latency.OneWay(here, there, _random) + network.Latency.OneWay(there, here, _random));
        peer.OnProven(asked.Id);
    }

    /// <summary>The ranges of nodes whose ids leave a node's own at each bit, the nearest first.</summary>
    private List<Range> RangesAround(int self)
    {
        List<Range> ranges = [];
        (int from, int to) = (0, _contacts.Length);
        while (to - from > 1)
        {
            int middle = MiddleOf(from, to);
            (int otherFrom, int otherTo) = self < middle ? (middle, to) : (from, middle);
            (from, to) = self < middle ? (from, middle) : (middle, to);
            ranges.Add(otherFrom..otherTo);
        }

        ranges.Reverse();
        return ranges;
    }

    /// <summary>Where ids that share a prefix part: the first that has a one after it, where the first of all has a zero.</summary>
    private int MiddleOf(int from, int to)
    {
        NodeId first = _contacts[from].Id;
        int shared = first.CommonPrefixLength(_contacts[to - 1].Id);
        int low = from;
        int high = to;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = first.CommonPrefixLength(_contacts[middle].Id) > shared ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private IEnumerable<int> Choose(Range range, int bucketSize)
    {
        (int start, int length) = range.GetOffsetAndLength(_contacts.Length);
        if (length <= WholeRange * bucketSize)
        {
            int[] all = [.. Enumerable.Range(start, length)];
            _random.Shuffle(all);
            return all;
        }

        int near = start + _random.Next(length - bucketSize);
        HashSet<int> drawn = [.. Enumerable.Range(near, (int)(bucketSize * ClusteredPart))];
        while (drawn.Count < bucketSize)
        {
            drawn.Add(start + _random.Next(length));
        }

        return drawn;
    }
}
