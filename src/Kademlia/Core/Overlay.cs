using Kademlia.Routing;

namespace Kademlia.Core;

/// <summary>One address family's network: a node with both families is in two overlays with one id and one store.</summary>
internal sealed class Overlay(bool isIPv4, RoutingTable table, bool serves)
{
    private const int SizeSamples = 16;

    private readonly Queue<double> _sizes = new();

    public bool IsIPv4 { get; } = isIPv4;

    public RoutingTable Table { get; } = table;

    /// <summary>Whether we answer here: a node may be reached in one family and not in the other.</summary>
    public bool Serves { get; set; } = serves;

    /// <summary>How many nodes there are: the mean of what recent walks saw; at least what the table holds.</summary>
    public double EstimatedSize => Math.Max(Table.Count + 1, _sizes.Count == 0 ? 0 : _sizes.Average());

    /// <summary>How many nodes are nearer to a key than a distance, if ids are as dense there as everywhere.</summary>
    public double ExpectedWithin(Distance distance) => EstimatedSize * (distance.Word0 / (double)ulong.MaxValue);

    /// <summary>Whether we know k nodes that are closer to a key than we are: what is newer is put there, and not here. PROTOCOL.md, section 4.4.</summary>
    public bool IsDisplaced(NodeId key) => Table.CountCloser(key) >= Table.BucketSize;

    /// <summary>A walk ended with these, the closest first: uniform ids as dense as that make a network of this size.</summary>
    public void OnWalk(NodeId target, ReadOnlySpan<Contact> closest)
    {
        if (closest.Length < Table.BucketSize)
        {
            return;
        }

        double farthest = (closest[^1].Id ^ target).Word0 / (double)ulong.MaxValue;
        _sizes.Enqueue((closest.Length - 1) / Math.Max(farthest, double.Epsilon));
        if (_sizes.Count > SizeSamples)
        {
            _sizes.Dequeue();
        }
    }
}
