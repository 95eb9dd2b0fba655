using Kademlia.Routing;

namespace Kademlia.Benchmarks;

/// <summary>A network that is nothing but its nodes' routing tables, as full as they get: who is asked answers at once.</summary>
/// <remarks>
/// A node knows k of each half that its id does not lie in, then of each quarter, and so on, and everybody in the smallest
/// subtree around itself that holds k others: what a network comes to that has run for long (section 2.4 of the paper).
/// </remarks>
internal sealed class TableNetwork
{
    private const int BucketSize = 20;

    private static readonly RoutingTableOptions Options = new() { BucketSize = BucketSize, ReplacementsPerBucket = 0 };

    private readonly Dictionary<NodeId, RoutingTable> _tables;
    private readonly Random _random;

    public TableNetwork(int count, Random random)
    {
        _random = random;
        Contacts = [.. Population.Create(count, random).OrderBy(contact => contact.Id)];
        _tables = Contacts.ToDictionary(contact => contact.Id, contact => new RoutingTable(contact.Id, Options));
        Connect(Contacts, bit: 0);
    }

    /// <summary>All nodes, in the order of their ids.</summary>
    public Contact[] Contacts { get; }

    /// <summary>Asks a node for the closest contacts to a target that it knows.</summary>
    public int Ask(NodeId node, NodeId target, Span<Contact> reply) => _tables[node].FindClosest(target, reply);

    /// <summary>Makes nodes known to one another that share their first bits.</summary>
    private void Connect(ReadOnlySpan<Contact> nodes, int bit)
    {
        if (nodes.Length <= BucketSize)
        {
            Introduce(nodes, nodes);
            return;
        }

        int middle = 0;
        while (middle < nodes.Length && (nodes[middle].Id.Word0 << bit) >> 63 == 0)
        {
            middle++;
        }

        Introduce(nodes[..middle], nodes[middle..]);
        Introduce(nodes[middle..], nodes[..middle]);
        Connect(nodes[..middle], bit + 1);
        Connect(nodes[middle..], bit + 1);
    }

    /// <summary>Makes k of the others known to each of the nodes; all of them where the nodes themselves are no more than k.</summary>
    private void Introduce(ReadOnlySpan<Contact> nodes, ReadOnlySpan<Contact> others)
    {
        int known = nodes.Length <= BucketSize ? others.Length : Math.Min(others.Length, BucketSize);
        foreach (Contact node in nodes)
        {
            RoutingTable table = _tables[node.Id];
            for (int i = 0; i < known; i++)
            {
                table.Add(others[(int)((i + _random.NextDouble()) * others.Length / known)], TimeSpan.Zero, out _);
            }
        }
    }
}
