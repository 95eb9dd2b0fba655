using System.Diagnostics;

namespace Kademlia.Records;

/// <summary>One slot of the index: a record that is held, or one whose write is pending. Immutable.</summary>
/// <param name="Head">The record without its bytes.</param>
/// <param name="Distance">From this node to the key.</param>
/// <param name="Source">The address group that it is charged to.</param>
/// <param name="Origin">How it came here.</param>
[DebuggerDisplay("{Head.Key} seq {Head.Sequence} {Origin}")]
internal sealed record RecordEntry(RecordHead Head, Distance Distance, AddressGroup Source, RecordOrigin Origin)
{
    public RecordKey Key => Head.Key;

    public NodeId Writer => Head.Writer;

    /// <summary>What stands for the record when holders compare what they have.</summary>
    public DigestEntry Digest { get; } = DigestEntry.Of(Head);

    public bool IsOwn => Origin == RecordOrigin.Own;

    /// <summary>The order in which one group's records leave: cached, values, tombstones; of each, the farthest key first, then the soonest expiry.</summary>
    public static IComparer<RecordEntry> EvictionOrder { get; } = Comparer<RecordEntry>.Create(CompareEviction);

    /// <summary>The soonest expiry first.</summary>
    public static IComparer<RecordEntry> ExpiryOrder { get; } = Comparer<RecordEntry>.Create(CompareExpiry);

    private int EvictionRank => Head.IsTombstone ? 2 : Origin == RecordOrigin.Cache ? 0 : 1;

    private static int CompareEviction(RecordEntry left, RecordEntry right)
    {
        int order = left.EvictionRank.CompareTo(right.EvictionRank);
        order = order != 0 ? order : right.Distance.CompareTo(left.Distance);
        return order != 0 ? order : CompareExpiry(left, right);
    }

    private static int CompareExpiry(RecordEntry left, RecordEntry right)
    {
        int order = left.Head.ExpirySeconds.CompareTo(right.Head.ExpirySeconds);
        order = order != 0 ? order : left.Distance.CompareTo(right.Distance);
        order = order != 0 ? order : left.Key.Kind.CompareTo(right.Key.Kind);
        return order != 0 ? order : left.Writer.CompareTo(right.Writer);
    }
}
