namespace Kademlia.Simulation;

/// <summary>How a get kept the network's word.</summary>
public enum LedgerVerdict
{
    /// <summary>The promised record, or a newer one; or nothing, where it was deleted.</summary>
    Right,

    /// <summary>An older record.</summary>
    Stale,

    /// <summary>Nothing, though something is promised.</summary>
    Missing,

    /// <summary>A record that was deleted.</summary>
    Resurrected,
}
