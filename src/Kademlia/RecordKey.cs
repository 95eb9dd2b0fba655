using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Kademlia;

/// <summary>Where a record lives: its kind and the hash that nodes near it answer for.</summary>
/// <remarks>
/// The kind is hashed in first, so that a key of one kind never poses as another.
/// Text forms: <c>content:HEX</c>, <c>owner:HEX</c>, <c>open:HEX</c> with 64 digits, and <c>name:TEXT</c>
/// for the open key of a name.
/// </remarks>
/// <param name="Kind">Who may write under the key.</param>
/// <param name="Hash">The point in the id space; the nodes closest to it hold the record.</param>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct RecordKey(RecordKind Kind, NodeId Hash) : ISpanParsable<RecordKey>
{
    /// <summary>The longest salt of an owner record and the longest name of an open key, in UTF-8 bytes.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The key of a content-addressed record: the hash of its value.</summary>
    public static RecordKey ForContent(ReadOnlySpan<byte> value) => Make(RecordKind.Content, value);

    /// <summary>The key under which the owner of a public key keeps the record called <paramref name="name"/>.</summary>
    /// <param name="publicKey">The 64 bytes of <see cref="NodeIdentity.PublicKey"/>.</param>
    /// <param name="name">The name, the salt of the key: at most 64 bytes of UTF-8.</param>
    /// <exception cref="ArgumentException">The public key has the wrong length, or the name is too long or malformed.</exception>
    public static RecordKey ForOwner(ReadOnlySpan<byte> publicKey, string name = "") =>
        ForOwner(SignatureAlgorithm.EcdsaP256, publicKey, EncodeName(name));

    /// <summary>The open key of a name, which anybody may write under.</summary>
    /// <exception cref="ArgumentException">The name is longer than 64 bytes of UTF-8, or malformed.</exception>
    public static RecordKey ForName(string name) => Make(RecordKind.Open, EncodeName(name));

    /// <summary>Reads any of the text forms.</summary>
    /// <exception cref="FormatException">The text is none of them.</exception>
    public static RecordKey Parse(string s) => Parse(s.AsSpan(), null);

    /// <inheritdoc cref="Parse(string)"/>
    public static RecordKey Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out RecordKey key)
            ? key
            : throw new FormatException(
                $"A key is written content:HEX, owner:HEX or open:HEX with 64 digits, or name:TEXT with at most "
                + $"{MaxNameLength} bytes; this is \"{s}\".");

    static RecordKey IParsable<RecordKey>.Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <summary>Reads any of the text forms; false when the text is none of them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out RecordKey result) => TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out RecordKey)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out RecordKey result)
    {
        result = default;
        int colon = s.IndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        ReadOnlySpan<char> rest = s[(colon + 1)..];
        if (s[..colon] is "name")
        {
            Span<byte> name = stackalloc byte[MaxNameLength];
            bool fits = EncodeName(rest, name, out int length) == OperationStatus.Done && length > 0;
            result = fits ? ForName(name[..length]) : default;
            return fits;
        }

        RecordKind kind = s[..colon] switch
        {
            "content" => RecordKind.Content,
            "owner" => RecordKind.Owner,
            "open" => RecordKind.Open,
            _ => default,
        };
        bool valid = NodeId.TryParse(rest, provider, out NodeId hash) && kind != default;
        result = valid ? new RecordKey(kind, hash) : default;
        return valid;
    }

    static bool IParsable<RecordKey>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RecordKey result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>The text form with 64 digits, as in <c>owner:5e88…</c>.</summary>
    public override string ToString() => Kind switch
    {
        RecordKind.Content => $"content:{Hash}",
        RecordKind.Owner => $"owner:{Hash}",
        RecordKind.Open => $"open:{Hash}",
        _ => "none",
    };

    internal static RecordKey ForName(ReadOnlySpan<byte> name) => Make(RecordKind.Open, name);

    internal static RecordKey ForOwner(SignatureAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> salt)
    {
        if (publicKey.Length != NodeIdentity.PublicKeyLength)
        {
            throw new ArgumentException(
                $"A public key has {NodeIdentity.PublicKeyLength} bytes; this has {publicKey.Length}.", nameof(publicKey));
        }

        Span<byte> owner = stackalloc byte[1 + NodeIdentity.PublicKeyLength + MaxNameLength];
        owner[0] = (byte)algorithm;
        publicKey.CopyTo(owner[1..]);
        salt.CopyTo(owner[(1 + NodeIdentity.PublicKeyLength)..]);
        return Make(RecordKind.Owner, owner[..(1 + NodeIdentity.PublicKeyLength + salt.Length)]);
    }

    internal static byte[] EncodeName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] bytes = new byte[MaxNameLength];
        return EncodeName(name, bytes, out int length) switch
        {
            OperationStatus.Done => bytes[..length],
            OperationStatus.InvalidData => throw new ArgumentException(
                $"A name must be text; \"{name}\" has half of a surrogate pair.", nameof(name)),
            _ => throw new ArgumentException(
                $"A name has at most {MaxNameLength} bytes of UTF-8; \"{name}\" has {Encoding.UTF8.GetByteCount(name)}. "
                + "Shorten it, or use its hash.", nameof(name)),
        };
    }

    /// <summary>Strict: with replacement characters, two different names could have one key.</summary>
    private static OperationStatus EncodeName(ReadOnlySpan<char> name, Span<byte> destination, out int length) =>
        Utf8.FromUtf16(name, destination, out _, out length, replaceInvalidSequences: false);

    private static RecordKey Make(RecordKind kind, ReadOnlySpan<byte> preimage)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[NodeId.ByteLength];
        hash.AppendData([(byte)kind]);
        hash.AppendData(preimage);
        hash.GetHashAndReset(bytes);
        return new RecordKey(kind, new NodeId(bytes));
    }
}
