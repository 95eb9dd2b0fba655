using System.Security.Cryptography;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Sqlite;

/// <summary>A record in the bytes of a row.</summary>
/// <remarks>
/// The record as it travels (<see cref="RecordFormat"/>), then the first 8 bytes of the SHA-256 of that: SQLite does not notice when a disk
/// changes what it holds, and a node must not serve it.
/// </remarks>
internal static class RowFormat
{
    private const int ChecksumLength = 8;

    public static int LengthOf(Record record) => RecordFormat.LengthOf(record.View) + ChecksumLength;

    public static byte[] Write(Record record)
    {
        byte[] bytes = new byte[LengthOf(record)];
        MessagePackWriter writer = new(bytes);
        RecordFormat.Write(ref writer, record.View);
        WriteChecksum(bytes.AsSpan(0, writer.Position), bytes.AsSpan(writer.Position));
        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when the bytes are anything else.</summary>
    public static Record? Read(ReadOnlySpan<byte> bytes)
    {
        MessagePackReader reader = new(bytes);
        Span<byte> checksum = stackalloc byte[ChecksumLength];
        if (!RecordFormat.TryRead(ref reader, out RecordSlices slices) || !RecordFormat.IsKnown(slices))
        {
            return null;
        }

        WriteChecksum(bytes[..reader.Position], checksum);
        return bytes[reader.Position..].SequenceEqual(checksum) ? new Record(slices.On(bytes)) : null;
    }

    private static void WriteChecksum(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        hash[..ChecksumLength].CopyTo(destination);
    }
}
