using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Sqlite;

/// <summary>What a node wrote under a key, in the bytes of a row, and <see cref="Checked"/>.</summary>
/// <remarks>
/// <code>
/// [ kind, hash,   sequence, expiry,       lifetime, next put,          record ]
///   uint  bin 32  uint      uint seconds  int ticks int milliseconds   as it travels, or nil
/// </code>
/// </remarks>
internal static class OwnFormat
{
    private const int ElementCount = 7;

    /// <summary>The elements but the hash and the record: a byte for the array, and numbers of at most nine bytes.</summary>
    private const int NumbersLength = 1 + (5 * 9);

    /// <summary>The key of a row: the kind, and the hash.</summary>
    public static byte[] KeyOf(RecordKey key)
    {
        byte[] bytes = new byte[1 + NodeId.ByteLength];
        bytes[0] = (byte)key.Kind;
        key.Hash.WriteTo(bytes.AsSpan(1));
        return bytes;
    }

    public static byte[] Write(OwnRecordState own)
    {
        int recordLength = own.Kept is Record kept ? RecordFormat.LengthOf(kept.View) : 1;
        byte[] bytes = new byte[NumbersLength + MessagePackWriter.LengthOfBinary(NodeId.ByteLength) + recordLength + Checked.Overhead];
        MessagePackWriter writer = new(bytes);
        writer.WriteArrayHeader(ElementCount);
        writer.WriteInt64((long)own.Key.Kind);
        WireFormat.WriteId(ref writer, own.Key.Hash);
        writer.WriteInt64(own.Sequence);
        writer.WriteInt64(own.Expiry.ToUnixTimeSeconds());
        writer.WriteInt64(own.Lifetime.Ticks);
        writer.WriteInt64(own.NextPut.ToUnixTimeMilliseconds());
        if (own.Kept is null)
        {
            writer.WriteNil();
        }
        else
        {
            RecordFormat.Write(ref writer, own.Kept.View);
        }

        byte[] row = bytes[..(writer.Position + Checked.Overhead)];
        Checked.Seal(row);
        return row;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when the bytes are anything else, or lie under another key.</summary>
    public static OwnRecordState? Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row) =>
        Read(row) is OwnRecordState own && key.SequenceEqual(KeyOf(own.Key)) ? own : null;

    private static OwnRecordState? Read(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> bytes = Checked.Open(row);
        MessagePackReader reader = new(bytes);
        return WireFormat.TryEnter(ref reader, ElementCount, out _)
            && reader.TryReadInt64(out long kind)
            && WireFormat.TryReadId(ref reader, out NodeId hash)
            && reader.TryReadInt64(out long sequence)
            && reader.TryReadInt64(out long expiry)
            && reader.TryReadInt64(out long lifetime)
            && reader.TryReadInt64(out long nextPut)
            && TryReadRecord(bytes, ref reader, out Record? kept)
            ? new OwnRecordState(
                new RecordKey((RecordKind)kind, hash),
                sequence,
                DateTimeOffset.FromUnixTimeSeconds(expiry),
                kept,
                TimeSpan.FromTicks(lifetime),
                DateTimeOffset.FromUnixTimeMilliseconds(nextPut))
            : null;
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> bytes, ref MessagePackReader reader, out Record? record)
    {
        record = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool valid = RecordFormat.TryRead(ref reader, Record.MaxValueLength, out RecordSlices slices) && RecordFormat.IsKnown(slices);
        record = valid ? new Record(slices.On(bytes)) : null;
        return valid;
    }
}
