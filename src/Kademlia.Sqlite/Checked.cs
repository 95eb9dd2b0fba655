using System.Security.Cryptography;

namespace Kademlia.Sqlite;

/// <summary>Bytes with the first 8 of their SHA-256 behind them: SQLite does not notice when a disk changes what it holds, and a node must not go by it.</summary>
internal static class Checked
{
    public const int Overhead = 8;

    /// <summary>Writes the checksum of what is before it into the last bytes.</summary>
    public static void Seal(Span<byte> row) => WriteChecksum(row[..^Overhead], row[^Overhead..]);

    /// <summary>What was sealed; empty when the bytes are anything else.</summary>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> row)
    {
        if (row.Length < Overhead)
        {
            return default;
        }

        Span<byte> checksum = stackalloc byte[Overhead];
        WriteChecksum(row[..^Overhead], checksum);
        return checksum.SequenceEqual(row[^Overhead..]) ? row[..^Overhead] : default;
    }

    private static void WriteChecksum(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        hash[..Overhead].CopyTo(destination);
    }
}
