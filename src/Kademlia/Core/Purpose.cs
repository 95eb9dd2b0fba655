namespace Kademlia.Core;

/// <summary>What a datagram was sent for.</summary>
internal enum Purpose
{
    /// <summary>An operation of a caller.</summary>
    Calls,

    /// <summary>Somebody asked.</summary>
    Answers,

    /// <summary>Joining, and looking for lost parts of the network.</summary>
    Joining,

    /// <summary>Admitting contacts to the table: their proofs, and whether those in their way still answer.</summary>
    Admission,

    /// <summary>Whether contacts are still there.</summary>
    Pings,

    /// <summary>Lookups into ranges that none went into lately.</summary>
    Refresh,

    /// <summary>Comparing with neighbours.</summary>
    Digests,

    /// <summary>Giving neighbours what they lack.</summary>
    Replicas,

    /// <summary>Storing our own records again.</summary>
    Republishing,
}
