using System.Security.Cryptography;

namespace Kademlia.Records;

/// <summary>A record whose bytes lie in somebody else's buffer, such as a datagram. Copy it into a <see cref="Record"/> to keep it.</summary>
/// <remarks>Nothing is verified: see <see cref="RecordVerifier"/>.</remarks>
internal readonly ref struct RecordView
{
    public RecordView(
        RecordKind kind,
        SignatureAlgorithm algorithm,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> salt,
        long sequence,
        bool isTombstone,
        long expirySeconds,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> signature)
    {
        Kind = kind;
        Algorithm = algorithm;
        PublicKey = publicKey;
        Salt = salt;
        Sequence = sequence;
        IsTombstone = isTombstone;
        ExpirySeconds = expirySeconds;
        Value = value;
        Signature = signature;
    }

    public RecordKind Kind { get; }

    public SignatureAlgorithm Algorithm { get; }

    /// <summary>64 bytes; empty for content.</summary>
    public ReadOnlySpan<byte> PublicKey { get; }

    /// <summary>The salt of an owner record, the name of an open one; empty for content.</summary>
    public ReadOnlySpan<byte> Salt { get; }

    /// <summary>Zero for content.</summary>
    public long Sequence { get; }

    public bool IsTombstone { get; }

    /// <summary>Unix seconds.</summary>
    public long ExpirySeconds { get; }

    public ReadOnlySpan<byte> Value { get; }

    /// <summary>64 bytes; empty for content.</summary>
    public ReadOnlySpan<byte> Signature { get; }

    /// <summary>Whether there is a record here at all.</summary>
    public bool IsNone => Kind == default;

    /// <summary>The key that the record's own fields hash to, whatever key it was sent under.</summary>
    public RecordKey ComputeKey() => Kind switch
    {
        RecordKind.Content => RecordKey.ForContent(Value),
        RecordKind.Owner => RecordKey.ForOwner(Algorithm, PublicKey, Salt),
        _ => RecordKey.ForName(Salt),
    };

    /// <summary>The id of the writer: the hash of its public key.</summary>
    public NodeId ComputeWriter()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return PublicKey.IsEmpty ? default : new NodeId(hash[..SHA256.HashData(PublicKey, hash)]);
    }
}
