using Kademlia.Lookups;

namespace Kademlia.Tests.Lookups;

/// <summary>The bounds of a lookup and the seed of everything else: what a failing property prints.</summary>
internal sealed record Scenario(int Seed, int Nodes, int BucketSize, int Parallelism, int MaxSlow, int MaxCandidates)
{
    private const int Roomy = 2_000;

    public NodeId Target => NodeId.Random(Random(0));

    public LookupOptions Options => MakeOptions(MaxCandidates);

    /// <summary>With room for every node there is.</summary>
    public LookupOptions RoomyOptions => MakeOptions(Roomy);

    public Random Random(int stream) => new(HashCode(stream));

    public Lookup MakeLookup() => new(Target, Options);

    public Lookup MakeRoomyLookup() => new(Target, RoomyOptions);

    private int HashCode(int stream) => unchecked((Seed * 31) + (stream * 7_919)) & int.MaxValue;

    private LookupOptions MakeOptions(int maxCandidates) => new()
    {
        BucketSize = BucketSize,
        Parallelism = Parallelism,
        MaxSlow = MaxSlow,
        MaxCandidates = maxCandidates,
    };
}
