namespace Kademlia;

/// <summary>A snapshot of a node's state.</summary>
public sealed record NodeInfo
{
    internal NodeInfo()
    {
    }

    /// <summary>The node's id.</summary>
    public required NodeId Id { get; init; }

    /// <summary>Whether it serves others now: <see cref="NodeRole.Server"/> or <see cref="NodeRole.Client"/>, never <see cref="NodeRole.Auto"/>.</summary>
    public required NodeRole Role { get; init; }

    /// <summary>Contacts in the routing tables of all address families.</summary>
    public required int Contacts { get; init; }

    /// <summary>Where it is bound, one endpoint for each address family.</summary>
    public required IReadOnlyList<PeerEndPoint> LocalEndPoints { get; init; }

    /// <summary>Where others see it, as far as enough of them agree.</summary>
    public required IReadOnlyList<PeerEndPoint> PublicEndPoints { get; init; }

    /// <summary>Records held for others and for itself.</summary>
    public required int Records { get; init; }

    /// <summary>The bytes of those records.</summary>
    public required long RecordBytes { get; init; }

    /// <summary>How many nodes the network has, estimated from what lookups saw; in the larger address family.</summary>
    public required double EstimatedNetworkSize { get; init; }

    /// <summary>What was counted since the start.</summary>
    public required NodeCounters Counters { get; init; }

    /// <summary>What of it the node sent of its own accord, by purpose.</summary>
    public required UpkeepCounters Upkeep { get; init; }
}

/// <summary>What a node counted since its start.</summary>
/// <param name="Received">Datagrams received.</param>
/// <param name="BytesReceived">Their bytes.</param>
/// <param name="Dropped">Datagrams dropped: malformed, foreign, unsolicited or above a limit.</param>
/// <param name="Sent">Datagrams sent.</param>
/// <param name="BytesSent">Their bytes.</param>
/// <param name="RequestsSent">Requests asked of others, retransmissions not counted again.</param>
/// <param name="RequestsAnswered">Those that were answered.</param>
/// <param name="RequestsTimedOut">Those that were not.</param>
public readonly record struct NodeCounters(
    long Received,
    long BytesReceived,
    long Dropped,
    long Sent,
    long BytesSent,
    long RequestsSent,
    long RequestsAnswered,
    long RequestsTimedOut);
