namespace Kademlia;

/// <summary>How a <see cref="RecordLease"/> stands.</summary>
/// <param name="IsKept">Whether this node goes on storing the record again: until the lease is disposed or deleted, the node stops, or another record takes its place.</param>
/// <param name="Stored">How many nodes took the record at the last put.</param>
/// <param name="Wanted">How many should have: see <see cref="PutReceipt.Wanted"/>.</param>
/// <param name="LastPut">When that was.</param>
/// <param name="NextPut">When the next is due; null when there is none to come.</param>
/// <param name="Newer">The record that took this one's place, a deletion perhaps, if that is why it is kept no more: written by this node, or by another with its key.</param>
/// <param name="Error">Why the record could not be put again, such as a key that cannot sign; null when it could. It is tried again.</param>
public readonly record struct LeaseHealth(
    bool IsKept, int Stored, int Wanted, DateTimeOffset LastPut, DateTimeOffset? NextPut, Record? Newer, string? Error);
