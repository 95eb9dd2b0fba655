namespace Kademlia.Records;

/// <summary>Whether the fields of a record fit together, before anything is hashed or copied.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Field</term><description>Content; owner and open</description></listheader>
/// <item><term>Algorithm</term><description>None; the network's</description></item>
/// <item><term>Public key, signature</term><description>Empty; 64 bytes each</description></item>
/// <item><term>Salt or name</term><description>Empty; at most 64 bytes</description></item>
/// <item><term>Sequence</term><description>0; 0 or more</description></item>
/// <item><term>Tombstone</term><description>Never; only with an empty value</description></item>
/// <item><term>Value</term><description>At most 65,536 bytes; 768 under an open key</description></item>
/// <item><term>Expiry</term><description>After 1970</description></item>
/// </list>
/// A record of another shape must not be copied or have its key computed.
/// </remarks>
internal static class RecordShape
{
    public static bool IsValid(in RecordView record, SignatureAlgorithm algorithm)
    {
        bool fits = record.Value.Length <= MaxValueLength(record.Kind) && record.ExpirySeconds > 0;
        return fits && record.Kind switch
        {
            RecordKind.Content => IsContent(record),
            RecordKind.Owner or RecordKind.Open => IsSigned(record, algorithm),
            _ => false,
        };
    }

    /// <summary>The longest value of a kind: many writers share the room of one open key.</summary>
    public static int MaxValueLength(RecordKind kind) =>
        kind == RecordKind.Open ? Record.MaxDatagramValueLength : Record.MaxValueLength;

    private static bool IsContent(in RecordView record) =>
        record.Algorithm == SignatureAlgorithm.None
        && record.PublicKey.IsEmpty
        && record.Signature.IsEmpty
        && record.Salt.IsEmpty
        && record.Sequence == 0
        && !record.IsTombstone;

    private static bool IsSigned(in RecordView record, SignatureAlgorithm algorithm) =>
        record.Algorithm == algorithm
        && record.PublicKey.Length == NodeIdentity.PublicKeyLength
        && record.Signature.Length == NodeIdentity.SignatureLength
        && record.Salt.Length <= RecordKey.MaxNameLength
        && record.Sequence >= 0
        && (!record.IsTombstone || record.Value.IsEmpty);
}
