namespace Kademlia.Records;

/// <summary>How much of strangers' records a node keeps, in each of two pools: what was put, and replicas. Pending writes count; the node's own records do not.</summary>
internal sealed record RecordLimits
{
    /// <summary>How many pools share what a node keeps.</summary>
    public const int Pools = 2;

    private const int Share = 4;
    private const int TombstonePart = 2;

    /// <summary>All records of a pool. The default is 32,768.</summary>
    public int MaxRecords { get; init; } = 32 * 1024;

    /// <summary>All records of a pool, as <see cref="RecordHead.Size"/> counts. The default is 32 MiB, half of <see cref="KademliaOptions.MaxStrangerBytes"/>.</summary>
    public long MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The records under one open key. The default is 256.</summary>
    public int MaxRecordsPerKey { get; init; } = 256;

    /// <summary>The records under one open key in bytes. The default is 384 KiB: 256 of middle size.</summary>
    public long MaxBytesPerKey { get; init; } = 384 * 1024;

    /// <summary>The records of one address group in a pool, or of one writer among replicas. The default is a quarter of the pool.</summary>
    public int MaxRecordsPerGroup { get => field > 0 ? field : Math.Max(1, MaxRecords / Share); init; }

    /// <summary>The records of one address group in a pool, or of one writer among replicas, in bytes. The default is a quarter of the pool.</summary>
    public long MaxBytesPerGroup { get => field > 0 ? field : MaxBytes / Share; init; }

    /// <summary>The tombstones among replicas. The default is half of the pool.</summary>
    public int MaxTombstones { get => field > 0 ? field : Math.Max(1, MaxRecords / TombstonePart); init; }

    /// <summary>The tombstones among replicas, in bytes. The default is half of the pool.</summary>
    public long MaxTombstoneBytes { get => field > 0 ? field : MaxBytes / TombstonePart; init; }
}
