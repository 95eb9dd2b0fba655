namespace Kademlia.Records;

/// <summary>The total order of the records of one slot, the same at every node; the greater replaces the lesser.</summary>
/// <remarks>
/// By sequence, then tombstone over value, then value hash, then expiry. Records that compare equal are identical but for their
/// signatures, of which one key makes many over the same bytes. Content records of one key differ in nothing but their expiry,
/// so for them the order is the merging of expiries by maximum.
/// Taking the greater is commutative, associative and idempotent: holders agree in whatever order they hear.
/// </remarks>
internal static class RecordOrder
{
    /// <summary>Negative when <paramref name="left"/> loses, zero when both are the same. Both are of one slot.</summary>
    public static int Compare(in RecordHead left, in RecordHead right)
    {
        int order = left.Sequence.CompareTo(right.Sequence);
        order = order != 0 ? order : left.IsTombstone.CompareTo(right.IsTombstone);
        order = order != 0 ? order : left.ValueHash.CompareTo(right.ValueHash);
        return order != 0 ? order : left.ExpirySeconds.CompareTo(right.ExpirySeconds);
    }

    /// <summary>Negative when <paramref name="left"/> loses, zero when both are the same but for their signatures. Both are of one slot.</summary>
    public static int Compare(Record left, Record right) => Compare(RecordHead.Of(left), RecordHead.Of(right));

    /// <summary>The greater of two records of one slot.</summary>
    public static RecordHead Merge(in RecordHead left, in RecordHead right) => Compare(left, right) >= 0 ? left : right;
}
