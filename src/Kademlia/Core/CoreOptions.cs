using System.Net;

namespace Kademlia.Core;

/// <summary>What the core needs of <see cref="KademliaOptions"/>, checked, and nothing of sockets, clocks or loggers.</summary>
internal sealed record CoreOptions
{
    public required ulong Network { get; init; }

    public required bool HasIPv4 { get; init; }

    public required bool HasIPv6 { get; init; }

    public bool IsClient { get; init; }

    /// <summary>Whether the node becomes a client by itself while strangers do not reach it.</summary>
    public bool IsAuto { get; init; }

    /// <summary>Whether it was told where others are.</summary>
    public bool HasBootstraps { get; init; }

    public ReadOnlyMemory<byte> NetworkKey { get; init; }

    /// <summary>Where the node is bound, at most one endpoint for each address family; none where that means nothing.</summary>
    public IReadOnlyList<PeerEndPoint> LocalEndPoints { get; init; } = [];

    public IReadOnlyList<IPAddress> PublicAddresses { get; init; } = [];

    public int IdDifficulty { get; init; }

    public int BucketSize { get; init; } = 20;

    public int Parallelism { get; init; } = 4;

    public int LookupAttempts { get; init; } = 3;

    public int StoreAttempts { get; init; } = 8;

    public TimeSpan FirstTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan RepublishInterval { get; init; } = TimeSpan.FromHours(22);

    public TimeSpan RecordLifetime { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan MaxRecordLifetime { get; init; } = TimeSpan.FromHours(48);

    public long MaxStrangerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest value that is put, and held for others; without streams, what a datagram carries.</summary>
    public int MaxValueLength { get; init; } = Record.MaxValueLength;

    /// <summary>How many streams may be open at once to ask over.</summary>
    public int MaxAsking { get; init; } = 128;

    /// <summary>How many of them with one node.</summary>
    public int MaxAskingOne { get; init; } = 8;

    public bool LimitLocalAddressGroups { get; init; }

    public Func<Record, bool>? AcceptRecord { get; init; }
}
