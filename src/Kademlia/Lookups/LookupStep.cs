namespace Kademlia.Lookups;

/// <summary>What a lookup wants of its caller.</summary>
public enum LookupStep
{
    /// <summary>Ask the contact that came with this step; it counts as in flight from now on.</summary>
    Ask,

    /// <summary>Nothing until something happens: a reply, or news that a contact is slow, overdue or failed.</summary>
    Wait,

    /// <summary>The walk is over, and stays over.</summary>
    Done,
}
