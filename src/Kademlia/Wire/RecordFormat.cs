using Kademlia.Records;

namespace Kademlia.Wire;

/// <summary>A record in bytes.</summary>
/// <remarks>
/// <code>
/// [ kind, algorithm, public key, salt,       sequence, tombstone, expiry, value,       signature ]
///   uint  uint       bin 64      bin 0..64   uint      bool       uint    bin 0..max   bin 64
///   1     0          bin 0       bin 0       0         false      uint    bin 0..max   bin 0       (content)
/// </code>
/// The greatest length of a value is 768 bytes in datagrams and 65,536 in frames.
/// A record of a known kind and algorithm has that shape when it was read, so that its key can be computed. One of a later
/// version keeps the bounds alone: it can be refused or passed over, and has no key. Nothing is verified.
/// </remarks>
internal static class RecordFormat
{
    /// <summary>Seconds above this are malformed, so that any time that was read can be computed with.</summary>
    public const long MaxSeconds = (1L << 37) - 1;

    private const int ElementCount = 9;

    public static int LengthOf(in RecordView record) => 1
        + MessagePackWriter.LengthOf((long)record.Kind)
        + MessagePackWriter.LengthOf((long)record.Algorithm)
        + MessagePackWriter.LengthOfBinary(record.PublicKey.Length)
        + MessagePackWriter.LengthOfBinary(record.Salt.Length)
        + MessagePackWriter.LengthOf(record.Sequence)
        + 1
        + MessagePackWriter.LengthOf(record.ExpirySeconds)
        + MessagePackWriter.LengthOfBinary(record.Value.Length)
        + MessagePackWriter.LengthOfBinary(record.Signature.Length);

    public static void Write(ref MessagePackWriter writer, in RecordView record)
    {
        writer.WriteArrayHeader(ElementCount);
        writer.WriteInt64((long)record.Kind);
        writer.WriteInt64((long)record.Algorithm);
        writer.WriteBinary(record.PublicKey);
        writer.WriteBinary(record.Salt);
        writer.WriteInt64(record.Sequence);
        writer.WriteBoolean(record.IsTombstone);
        writer.WriteInt64(record.ExpirySeconds);
        writer.WriteBinary(record.Value);
        writer.WriteBinary(record.Signature);
    }

    /// <summary>Whether there is a record, of a kind and an algorithm of this version.</summary>
    public static bool IsKnown(in RecordSlices slices) =>
        slices.Kind is RecordKind.Content or RecordKind.Owner or RecordKind.Open
        && slices.Algorithm is SignatureAlgorithm.None or SignatureAlgorithm.EcdsaP256 or SignatureAlgorithm.KeyedHash;

    /// <summary>Reads a record as slices of the bytes that the reader reads from, with a value of at most so many bytes.</summary>
    public static bool TryRead(ref MessagePackReader reader, int maxValueLength, out RecordSlices slices)
    {
        slices = default;
        if (!WireFormat.TryEnter(ref reader, ElementCount, out int unknown)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long kind)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long algorithm)
            || !TryReadRange(ref reader, NodeIdentity.PublicKeyLength, out Range publicKey)
            || !TryReadRange(ref reader, RecordKey.MaxNameLength, out Range salt)
            || !WireFormat.TryReadNumber(ref reader, long.MaxValue, out long sequence)
            || !reader.TryReadBoolean(out bool isTombstone)
            || !WireFormat.TryReadNumber(ref reader, MaxSeconds, out long expiry)
            || !TryReadRange(ref reader, maxValueLength, out Range value)
            || !TryReadRange(ref reader, NodeIdentity.SignatureLength, out Range signature)
            || !WireFormat.TrySkip(ref reader, unknown))
        {
            return false;
        }

        slices = new RecordSlices(
            (RecordKind)kind, (SignatureAlgorithm)algorithm, publicKey, salt, sequence, isTombstone, expiry, value, signature);
        return IsKnown(slices) ? HasKnownShape(slices) : kind != 0;
    }

    private static bool HasKnownShape(in RecordSlices slices) =>
        slices.Kind == RecordKind.Content ? HasShapeOfContent(slices) : HasShapeOfSigned(slices);

    private static bool HasShapeOfContent(in RecordSlices slices) =>
        slices.Algorithm == SignatureAlgorithm.None
        && LengthOf(slices.PublicKey) == 0
        && LengthOf(slices.Salt) == 0
        && slices.Sequence == 0
        && !slices.IsTombstone
        && LengthOf(slices.Signature) == 0;

    private static bool HasShapeOfSigned(in RecordSlices slices) =>
        slices.Algorithm != SignatureAlgorithm.None
        && LengthOf(slices.PublicKey) == NodeIdentity.PublicKeyLength
        && LengthOf(slices.Signature) == NodeIdentity.SignatureLength
        && (!slices.IsTombstone || LengthOf(slices.Value) == 0);

    private static int LengthOf(Range range) => range.End.Value - range.Start.Value;

    private static bool TryReadRange(ref MessagePackReader reader, int maxLength, out Range range)
    {
        bool valid = reader.TryReadBinary(out ReadOnlySpan<byte> bytes) && bytes.Length <= maxLength;
        range = (reader.Position - bytes.Length)..reader.Position;
        return valid;
    }
}
