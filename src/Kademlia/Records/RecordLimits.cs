namespace Kademlia.Records;

/// <summary>How much of strangers' records a node keeps. Pending writes count; the node's own records do not.</summary>
internal sealed record RecordLimits
{
    private const int GroupShare = 4;

    /// <summary>All records together. The default is 65,536.</summary>
    public int MaxRecords { get; init; } = 64 * 1024;

    /// <summary>All records together, as <see cref="RecordHead.Size"/> counts. The default is 64 MiB: <see cref="KademliaOptions.MaxStrangerBytes"/>.</summary>
    public long MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The records under one open key. The default is 256.</summary>
    public int MaxRecordsPerKey { get; init; } = 256;

    /// <summary>The records under one open key in bytes. The default is 384 KiB: 256 of middle size.</summary>
    public long MaxBytesPerKey { get; init; } = 384 * 1024;

    /// <summary>The records of one address group. The default is a quarter of all.</summary>
    public int MaxRecordsPerGroup { get => field > 0 ? field : Math.Max(1, MaxRecords / GroupShare); init; }

    /// <summary>The records of one address group in bytes. The default is a quarter of all.</summary>
    public long MaxBytesPerGroup { get => field > 0 ? field : MaxBytes / GroupShare; init; }
}
