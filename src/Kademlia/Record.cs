using System.Diagnostics;
using Kademlia.Records;

namespace Kademlia;

/// <summary>A value under a key, as its holders keep it. Immutable.</summary>
/// <remarks>
/// A record that a <see cref="KademliaNode"/> hands out has been verified: content against its hash,
/// owner and open records against their signature.
/// </remarks>
[DebuggerDisplay("{Key} seq {Sequence} {Value.Length} bytes")]
public sealed class Record
{
    /// <summary>The longest value of a record of content or of an owner, in bytes.</summary>
    public const int MaxValueLength = 64 * 1024;

    /// <summary>The longest value that surely fits a datagram with everything around it, in bytes. Longer ones go over streams, and open keys have none.</summary>
    public const int MaxDatagramValueLength = 768;

    internal Record(in RecordView view)
    {
        byte[] bytes = new byte[view.PublicKey.Length + view.Salt.Length + view.Value.Length + view.Signature.Length];
        Memory<byte> rest = bytes;
        PublicKey = Take(ref rest, view.PublicKey);
        Salt = Take(ref rest, view.Salt);
        Value = Take(ref rest, view.Value);
        Signature = Take(ref rest, view.Signature);
        Kind = view.Kind;
        Algorithm = view.Algorithm;
        Sequence = view.Sequence;
        IsTombstone = view.IsTombstone;
        ExpirySeconds = view.ExpirySeconds;
        Key = view.ComputeKey();
        Writer = view.ComputeWriter();
    }

    /// <summary>Where the record lives.</summary>
    public RecordKey Key { get; }

    /// <summary>Who may write under the record's key.</summary>
    public RecordKind Kind { get; }

    /// <summary>The value; empty for a deleted record.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>The writer's version: of two records in one slot, the greater sequence is the newer. Zero for content.</summary>
    public long Sequence { get; }

    /// <summary>When holders drop the record. The writer fixed it; for content each holder keeps the latest it was told.</summary>
    public DateTimeOffset Expiry => DateTimeOffset.FromUnixTimeSeconds(ExpirySeconds);

    /// <summary>The id of the writer, the hash of <see cref="PublicKey"/>; the default value for content.</summary>
    public NodeId Writer { get; }

    /// <summary>The writer's public key, 64 bytes; empty for content.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Whether the writer deleted the record: a signed marker without a value that outlives what it deletes.</summary>
    public bool IsTombstone { get; }

    /// <summary>The salt of an owner record or the name of an open one, in UTF-8; empty for content.</summary>
    internal ReadOnlyMemory<byte> Salt { get; }

    internal ReadOnlyMemory<byte> Signature { get; }

    internal SignatureAlgorithm Algorithm { get; }

    internal long ExpirySeconds { get; }

    /// <summary>Whether no datagram carries the record.</summary>
    internal bool IsLarge => Value.Length > MaxDatagramValueLength;

    internal RecordView View => new(
        Kind, Algorithm, PublicKey.Span, Salt.Span, Sequence, IsTombstone, ExpirySeconds, Value.Span, Signature.Span);

    /// <summary>Whether two records are the same in everything but the bytes of their signatures, of which a writer may make several.</summary>
    public bool IsSameAs(Record other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Key == other.Key
            && Writer == other.Writer
            && Sequence == other.Sequence
            && IsTombstone == other.IsTombstone
            && ExpirySeconds == other.ExpirySeconds
            && Value.Span.SequenceEqual(other.Value.Span);
    }

    /// <summary>The key, the sequence and the length of the value.</summary>
    public override string ToString() =>
        IsTombstone ? $"{Key} seq {Sequence} deleted" : $"{Key} seq {Sequence} {Value.Length} bytes";

    private static Memory<byte> Take(ref Memory<byte> rest, ReadOnlySpan<byte> source)
    {
        Memory<byte> part = rest[..source.Length];
        source.CopyTo(part.Span);
        rest = rest[source.Length..];
        return part;
    }
}
