using Kademlia.Identity;

namespace Kademlia.Records;

/// <summary>The bytes that the writer of an owner or open record signs: a <see cref="SignedTuple"/> (PROTOCOL.md, 7.2).</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Length</term><description>Field</description></listheader>
/// <item><term>15</term><description>Label: "kademlia record" in ASCII</description></item>
/// <item><term>1</term><description>Kind: 2 owner, 3 open</description></item>
/// <item><term>1</term><description>Signature algorithm: 1 ECDSA P-256</description></item>
/// <item><term>8</term><description>Network: the tag in every message's header</description></item>
/// <item><term>64</term><description>Public key of the writer</description></item>
/// <item><term>0 to 64</term><description>Salt of an owner record, name of an open one</description></item>
/// <item><term>8</term><description>Sequence</description></item>
/// <item><term>1</term><description>Tombstone: 0 or 1</description></item>
/// <item><term>8</term><description>Expiry in Unix seconds</description></item>
/// <item><term>0 to 65,536</term><description>Value; empty in a tombstone</description></item>
/// </list>
/// </remarks>
internal static class RecordPreimage
{
    /// <summary>The length of the longest of a record that a datagram carries.</summary>
    public const int MaxDatagramLength =
        (Fields * SignedTuple.PrefixLength) + FixedLength + RecordKey.MaxNameLength + Record.MaxDatagramValueLength;

    private const int Fields = 10;
    private const int LabelLength = 15;
    private const int FixedLength = LabelLength + 3 + (3 * sizeof(ulong)) + NodeIdentity.PublicKeyLength;

    private static ReadOnlySpan<byte> Label => "kademlia record"u8;

    /// <summary>How many bytes a record of a valid shape has.</summary>
    public static int LengthOf(in RecordView record) =>
        (Fields * SignedTuple.PrefixLength) + FixedLength + record.Salt.Length + record.Value.Length;

    /// <summary>Writes the bytes into <paramref name="destination"/>, which has <see cref="LengthOf"/> of them, and returns how many.</summary>
    /// <param name="record">A record of a valid shape; its signature is not read.</param>
    /// <param name="network">The network's tag.</param>
    /// <param name="destination">Where to write.</param>
    public static int Write(in RecordView record, ulong network, Span<byte> destination)
    {
        SignedTuple tuple = new(destination);
        tuple.Add(Label);
        tuple.Add((byte)record.Kind);
        tuple.Add((byte)record.Algorithm);
        tuple.Add(network);
        tuple.Add(record.PublicKey);
        tuple.Add(record.Salt);
        tuple.Add((ulong)record.Sequence);
        tuple.Add(record.IsTombstone ? (byte)1 : (byte)0);
        tuple.Add((ulong)record.ExpirySeconds);
        tuple.Add(record.Value);
        return tuple.Length;
    }
}
