namespace Kademlia;

/// <summary>What became of a record at one node. The numbers up to <see cref="Refused"/> are the wire's.</summary>
public enum StoreOutcome
{
    /// <summary>The node holds the record, or held it already.</summary>
    Stored = 0,

    /// <summary>The node holds a newer record in the same slot.</summary>
    Older = 1,

    /// <summary>The node holds a different record of the same sequence, or not the one that the put expected.</summary>
    Conflict = 2,

    /// <summary>The node has no room for it.</summary>
    Full = 3,

    /// <summary>The node does not take it: invalid, expired, too far in the future, turned down by its application, or it takes no records at all, as when its disk is full.</summary>
    Refused = 4,

    /// <summary>The node did not answer in time; it may hold the record or not.</summary>
    TimedOut = 5,
}
