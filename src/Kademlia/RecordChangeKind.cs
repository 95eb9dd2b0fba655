namespace Kademlia;

/// <summary>What became of a record.</summary>
public enum RecordChangeKind
{
    /// <summary>It was there when the subscription began.</summary>
    Current,

    /// <summary>Its writer had no value under the key, and has one now.</summary>
    Added,

    /// <summary>Its writer replaced its value by this one.</summary>
    Updated,

    /// <summary>Its writer deleted it: the record is the signed marker in its place.</summary>
    Deleted,

    /// <summary>Nobody holds it any more, for its writer did not prolong it.</summary>
    Expired,
}
