namespace Kademlia.Records;

/// <summary>What a node is to know after a restart of what it wrote under a key. Times are those of the wall clock.</summary>
/// <param name="Key">Where.</param>
/// <param name="Sequence">The greatest sequence that it has signed there, or is about to: none is given twice. Zero for content.</param>
/// <param name="Expiry">The latest expiry that it has signed there, or is about to: what it writes next ends no earlier. Once it has passed, and nothing is kept, all of this may be forgotten.</param>
/// <param name="Kept">The record that it keeps published, as it was signed last; null when it keeps none.</param>
/// <param name="Lifetime">How long that record is to live from each put on.</param>
/// <param name="NextPut">When that record is to be stored again.</param>
public sealed record OwnRecordState(
    RecordKey Key, long Sequence, DateTimeOffset Expiry, Record? Kept, TimeSpan Lifetime, DateTimeOffset NextPut);
