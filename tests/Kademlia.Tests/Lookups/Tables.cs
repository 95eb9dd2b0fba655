namespace Kademlia.Tests.Lookups;

/// <summary>What each node of a network knows: k of each subtree that it is not in, and all of the smallest around itself with k nodes.</summary>
internal sealed class Tables(Contact[] nodes, int bucketSize, Random random)
{
    private readonly Dictionary<Contact, Contact[]> _known = [];

    public Contact[] Of(Contact node)
    {
        if (!_known.TryGetValue(node, out Contact[]? known))
        {
            known = [.. Draw(node)];
            _known.Add(node, known);
        }

        return known;
    }

    private IEnumerable<Contact> Draw(Contact node)
    {
        Contact[] others = [.. nodes.Where(other => other != node)];
        int depth = others.Length < bucketSize
            ? 0
            : node.Id.CommonPrefixLength(Nodes.Closest(others, node.Id, bucketSize)[^1].Id);
        IEnumerable<Contact> near = others.Where(other => node.Id.CommonPrefixLength(other.Id) >= depth);
        IEnumerable<Contact> far = others
            .Where(other => node.Id.CommonPrefixLength(other.Id) < depth)
            .GroupBy(other => node.Id.CommonPrefixLength(other.Id))
            .SelectMany(bucket => bucket.OrderBy(_ => random.Next()).Take(bucketSize));
        return near.Concat(far);
    }
}
