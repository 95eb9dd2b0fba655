namespace Kademlia;

/// <summary>What one node said of a put.</summary>
/// <param name="Contact">The node.</param>
/// <param name="Outcome">What became of the record there.</param>
/// <param name="Sequence">With <see cref="StoreOutcome.Older"/> and <see cref="StoreOutcome.Conflict"/>, the sequence held there; else 0.</param>
/// <param name="ClockSkew">How far the node's clock is ahead of ours, to the second; zero when it did not say.</param>
public readonly record struct StoreVerdict(Contact Contact, StoreOutcome Outcome, long Sequence, TimeSpan ClockSkew);
