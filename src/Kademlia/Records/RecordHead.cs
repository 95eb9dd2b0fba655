using System.Diagnostics;
using System.Security.Cryptography;

namespace Kademlia.Records;

/// <summary>What the index knows of a record: all that places and orders it, without its bytes.</summary>
/// <param name="Key">Where it lives.</param>
/// <param name="Writer">Who wrote it; the default value for content.</param>
/// <param name="Sequence">The writer's version.</param>
/// <param name="IsTombstone">Whether it deletes.</param>
/// <param name="ValueHash">SHA-256 of the value.</param>
/// <param name="ExpirySeconds">Unix seconds.</param>
/// <param name="Size">What it counts for in limits, in bytes: its fields and <see cref="Overhead"/>.</param>
[DebuggerDisplay("{Key} seq {Sequence}")]
internal readonly record struct RecordHead(
    RecordKey Key,
    NodeId Writer,
    long Sequence,
    bool IsTombstone,
    NodeId ValueHash,
    long ExpirySeconds,
    int Size)
{
    /// <summary>What a record costs beside its fields: objects, and its place in the index. Without it, tiny records would be free.</summary>
    public const int Overhead = 1024;

    public RecordKind Kind => Key.Kind;

    /// <summary>The head of a record.</summary>
    public static RecordHead Of(Record record)
    {
        ReadOnlySpan<byte> value = record.Value.Span;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(value, hash);
        int size = Overhead + record.PublicKey.Length + record.Salt.Length + value.Length + record.Signature.Length;
        return new RecordHead(
            record.Key, record.Writer, record.Sequence, record.IsTombstone, new NodeId(hash), record.ExpirySeconds, size);
    }
}
