using System.Buffers.Binary;

namespace Kademlia.Records;

/// <summary>The bytes that the writer of an owner or open record signs.</summary>
/// <remarks>
/// Ten fields in this order, each behind its length in 2 bytes, big-endian; nothing else.
/// Integers are 8 bytes, big-endian, whatever their range.
/// <list type="table">
/// <listheader><term>Length</term><description>Field</description></listheader>
/// <item><term>17</term><description>Label: "kademlia record 1" in ASCII</description></item>
/// <item><term>8</term><description>Kind: 2 owner, 3 open</description></item>
/// <item><term>8</term><description>Signature algorithm: 1 ECDSA P-256</description></item>
/// <item><term>8</term><description>Network: the tag in every message's header</description></item>
/// <item><term>64</term><description>Public key of the writer</description></item>
/// <item><term>0 to 64</term><description>Salt of an owner record, name of an open one</description></item>
/// <item><term>8</term><description>Sequence</description></item>
/// <item><term>8</term><description>Tombstone: 0 or 1</description></item>
/// <item><term>8</term><description>Expiry in Unix seconds</description></item>
/// <item><term>0 to 768</term><description>Value; empty in a tombstone</description></item>
/// </list>
/// </remarks>
internal static class RecordPreimage
{
    /// <summary>The length of the longest: 981 bytes.</summary>
    public const int MaxLength =
        FixedLength + RecordKey.MaxNameLength + Record.MaxValueLength;

    private const int PrefixLength = sizeof(ushort);
    private const int LabelLength = 17;
    private const int FixedLength =
        (PrefixLength + LabelLength) + (6 * (PrefixLength + sizeof(long))) + (PrefixLength + NodeIdentity.PublicKeyLength) + (2 * PrefixLength);

    private static ReadOnlySpan<byte> Label => "kademlia record 1"u8;

    /// <summary>Writes the bytes into <paramref name="destination"/>, which has <see cref="MaxLength"/> of them, and returns how many.</summary>
    /// <param name="record">A record of a valid shape; its signature is not read.</param>
    /// <param name="network">The network's tag.</param>
    /// <param name="destination">Where to write.</param>
    public static int Write(in RecordView record, ulong network, Span<byte> destination)
    {
        Span<byte> rest = destination;
        WriteBytes(ref rest, Label);
        WriteInteger(ref rest, (ulong)record.Kind);
        WriteInteger(ref rest, (ulong)record.Algorithm);
        WriteInteger(ref rest, network);
        WriteBytes(ref rest, record.PublicKey);
        WriteBytes(ref rest, record.Salt);
        WriteInteger(ref rest, (ulong)record.Sequence);
        WriteInteger(ref rest, record.IsTombstone ? 1UL : 0UL);
        WriteInteger(ref rest, (ulong)record.ExpirySeconds);
        WriteBytes(ref rest, record.Value);
        return destination.Length - rest.Length;
    }

    private static void WriteInteger(ref Span<byte> rest, ulong value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(rest, sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(rest[PrefixLength..], value);
        rest = rest[(PrefixLength + sizeof(ulong))..];
    }

    private static void WriteBytes(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)bytes.Length);
        bytes.CopyTo(rest[PrefixLength..]);
        rest = rest[(PrefixLength + bytes.Length)..];
    }
}
