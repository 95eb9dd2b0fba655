using System.Runtime.CompilerServices;

namespace Kademlia.Routing;

/// <summary>The sizes and limits of a <see cref="RoutingTable"/>.</summary>
public sealed class RoutingTableOptions
{
    /// <summary>The greatest <see cref="BucketSize"/>.</summary>
    public const int MaxBucketSize = 128;

    /// <summary>How many contacts a bucket holds.</summary>
    /// <value>The default is 20 (k in section 2.2 of the paper).</value>
    public int BucketSize { get; init; } = 20;

    /// <summary>How many contacts wait, for each bucket, for one of its contacts to fail.</summary>
    /// <value>The default is 8.</value>
    public int ReplacementsPerBucket { get; init; } = 8;

    /// <summary>How many requests in a row a contact fails to answer before it is stale.</summary>
    /// <value>The default is 3: at 30 % loss each way, a live contact fails three requests of three datagrams each once in 400.</value>
    public int MaxFailures { get; init; } = 3;

    /// <summary>How many contacts of one address group (an IPv4 /24, an IPv6 /48) a bucket holds.</summary>
    /// <value>The default is 2.</value>
    public int MaxPerGroupInBucket { get; init; } = 2;

    /// <summary>How many contacts of one address group (an IPv4 /24, an IPv6 /48) the table holds.</summary>
    /// <value>The default is 10.</value>
    public int MaxPerGroupInTable { get; init; } = 10;

    /// <summary>How many contacts of one IPv6 /32 the table holds.</summary>
    /// <value>The default is 10.</value>
    public int MaxPerWideGroupInTable { get; init; } = 10;

    /// <summary>Whether the limits on address groups apply to loopback, link-local and private addresses too.</summary>
    /// <value>The default is false: on one machine or one site, all nodes are of one group.</value>
    public bool LimitLocalGroups { get; init; }

    internal void Validate()
    {
        RequireRange(BucketSize, 1, MaxBucketSize);
        RequireRange(ReplacementsPerBucket, 0, MaxBucketSize);
        RequireRange(MaxFailures, 1, byte.MaxValue);
        RequireRange(MaxPerGroupInBucket, 1, int.MaxValue);
        RequireRange(MaxPerGroupInTable, 1, int.MaxValue);
        RequireRange(MaxPerWideGroupInTable, 1, int.MaxValue);
    }

    private static void RequireRange(int value, int min, int max, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < min || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {min} to {max}.");
        }
    }
}
