namespace Kademlia.Lookups;

/// <summary>The bounds of a <see cref="Lookup"/>. They are checked when a lookup is made with them.</summary>
public sealed class LookupOptions
{
    private const int GreatestBucketSize = 1024;
    private const int GreatestMaxCandidates = short.MaxValue;

    /// <summary>How many contacts are looked for: k.</summary>
    /// <value>The default is 20 (section 2.2 of the paper).</value>
    public int BucketSize { get; init; } = 20;

    /// <summary>How many contacts are asked at once, α, until the closest has answered; then the rest of the k are asked together.</summary>
    /// <value>The default is 4; the paper has 3 (section 2.3).</value>
    public int Parallelism { get; init; } = 4;

    /// <summary>How many slow contacts may be waited for beside <see cref="Parallelism"/>, and how many others may be asked in their stead; more than these keep their slots.</summary>
    /// <value>The default is 16.</value>
    public int MaxSlow { get; init; } = 16;

    /// <summary>How many contacts a lookup remembers, and so how many it asks at most.</summary>
    /// <value>The default is 256: twice what finding 20 takes when four of five nodes are dead.</value>
    public int MaxCandidates { get; init; } = 256;

    /// <summary>Whether loopback, link-local and private addresses are limited to one of a group among the closest, as public ones are.</summary>
    /// <value>The default is false: a laboratory on one machine is a network.</value>
    public bool LimitLocalAddressGroups { get; init; }

    /// <summary>How many contacts are awaited at once at most: those in slots, and the slow.</summary>
    internal int MaxInFlight => Math.Max(BucketSize, Parallelism + MaxSlow) + MaxSlow;

    /// <summary>Throws when an option cannot be worked with.</summary>
    internal void Validate()
    {
        Require(BucketSize, 1, GreatestBucketSize, nameof(BucketSize));
        Require(Parallelism, 1, GreatestMaxCandidates, nameof(Parallelism));
        Require(MaxSlow, 0, GreatestMaxCandidates, nameof(MaxSlow));
        Require(MaxCandidates, BucketSize, GreatestMaxCandidates, nameof(MaxCandidates));
    }

    private static void Require(int value, int least, int most, string option)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(option, value, $"{nameof(LookupOptions)}.{option} must lie between {least} and {most}.");
        }
    }
}
