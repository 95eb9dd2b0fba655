namespace Kademlia.Lookups;

/// <summary>Where a lookup stands with a candidate: the state of the latest request to it.</summary>
internal enum CandidateState : byte
{
    /// <summary>Known, not asked.</summary>
    Unasked,

    /// <summary>Asked, and holds a slot.</summary>
    InFlight,

    /// <summary>Asked long ago: its slot is free, the end still waits for it.</summary>
    Slow,

    /// <summary>Asked too long ago: nothing waits for it. A late answer counts.</summary>
    Overdue,

    /// <summary>Given up by the caller. A late answer counts.</summary>
    Failed,

    /// <summary>Never sent to, by the caller's decision. Nobody's fault.</summary>
    LeftOut,

    /// <summary>Answered.</summary>
    Answered,
}
