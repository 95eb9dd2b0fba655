namespace Kademlia.Routing;

/// <summary>What became of a contact that was offered to a <see cref="RoutingTable"/>.</summary>
public enum AddOutcome
{
    /// <summary>It is in its bucket now.</summary>
    Added,

    /// <summary>It was in its bucket already, and is the most recently seen there now.</summary>
    Refreshed,

    /// <summary>It waits in the replacement cache of its bucket: a live contact stands in its way.</summary>
    Cached,

    /// <summary>The table has no use for it.</summary>
    Rejected,
}
