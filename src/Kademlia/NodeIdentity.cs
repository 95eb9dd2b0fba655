using System.Diagnostics;
using System.Security.Cryptography;
using Kademlia.Identity;

namespace Kademlia;

/// <summary>A node's key pair: ECDSA on P-256. The node's id is the SHA-256 hash of its public key.</summary>
/// <remarks>
/// Whoever holds the identity owns the records signed under it: keep its file as you would keep a password.
/// Two nodes must not run under one identity at the same time. Safe to use from any thread.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class NodeIdentity : IDisposable
{
    /// <summary>The length of a public key in bytes: X, then Y.</summary>
    public const int PublicKeyLength = 64;

    internal const int SignatureLength = 64;

    /// <summary>The greatest difficulty that an id is searched for: 17 million key pairs on average, some ten minutes.</summary>
    internal const int MaxIdDifficulty = 24;

    private readonly SigningKey _key;

    internal NodeIdentity(SigningKey key)
    {
        _key = key;
        Id = IdOf(key.PublicKey.Span);
    }

    /// <summary>The node's id: the SHA-256 hash of <see cref="PublicKey"/>.</summary>
    public NodeId Id { get; }

    /// <summary>The public key: 64 bytes, X then Y, big-endian.</summary>
    public ReadOnlyMemory<byte> PublicKey => _key.PublicKey;

    internal SignatureAlgorithm Algorithm => _key.Algorithm;

    /// <summary>Makes a new key pair.</summary>
    /// <param name="idDifficulty">
    /// What <see cref="KademliaOptions.IdDifficulty"/> asks for, 0 to 24: each bit doubles the work, which begins at some 30 µs.
    /// </param>
    public static NodeIdentity Create(int idDifficulty = 0) =>
        EcdsaP256Scheme.Instance.CreateIdentity(idDifficulty);

    /// <summary>Reads a key pair from a file that <see cref="Save"/> wrote, or any PEM file with an unencrypted P-256 private key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="idDifficulty">What <see cref="KademliaOptions.IdDifficulty"/> asks for.</param>
    /// <exception cref="KademliaException">
    /// The file is missing, unreadable or malformed, or its id does not meet the difficulty; the message says what to do.
    /// </exception>
    public static NodeIdentity Load(string path, int idDifficulty = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        NodeIdentity identity = new(IdentityFile.Read(path));
        if (MeetsDifficulty(identity.Id, idDifficulty))
        {
            return identity;
        }

        identity.Dispose();
        throw new KademliaException(
            $"The id of the identity file '{path}' does not meet this network's IdDifficulty of {idDifficulty}. "
            + "Name another file, or delete this one so that a fitting identity is created.");
    }

    /// <summary>Reads the key pair in a file, or makes one and saves it there when there is no file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="idDifficulty">What <see cref="KademliaOptions.IdDifficulty"/> asks for.</param>
    /// <exception cref="KademliaException">
    /// The file cannot be read or written, is malformed, or its id does not meet the difficulty; the message says what to do.
    /// </exception>
    public static NodeIdentity LoadOrCreate(string path, int idDifficulty = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
        {
            return Load(path, idDifficulty);
        }

        NodeIdentity identity = Create(idDifficulty);
        if (identity.TrySave(path))
        {
            return identity;
        }

        // Another process was faster: its file is the identity.
        identity.Dispose();
        return Load(path, idDifficulty);
    }

    /// <summary>Saves the key pair to a new file, PKCS#8 PEM, which on Unix its user alone can read. Missing folders are made.</summary>
    /// <remarks>The file appears whole or not at all. An existing file is never overwritten: it may be the only copy of another key.</remarks>
    /// <exception cref="KademliaException">There is a file already, or it cannot be written; the message says what to do.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!TrySave(path))
        {
            throw new KademliaException(
                $"There is a file '{path}' already, and an identity never overwrites one. Name another file, or move that one away.");
        }
    }

    /// <summary>Forgets the key pair; the identity signs nothing after it.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The id as 64 hexadecimal digits.</summary>
    public override string ToString() => Id.ToString();

    /// <summary>The id that goes with a public key.</summary>
    internal static NodeId IdOf(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(publicKey, hash);
        return new NodeId(hash);
    }

    /// <summary>Whether the SHA-256 hash of an id begins with that many zero bits (S/Kademlia, section 4.1).</summary>
    internal static bool MeetsDifficulty(NodeId id, int difficulty)
    {
        Span<byte> bytes = stackalloc byte[NodeId.ByteLength];
        id.WriteTo(bytes);
        return difficulty <= 0 || IdOf(bytes).LeadingZeroCount >= difficulty;
    }

    /// <summary>Signs data in 64 bytes: r, then s in the lower half. Takes some 40 µs, so never under a node's lock.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> data) => _key.Sign(data);

    /// <summary>The key pair as PKCS#8 PEM text.</summary>
    internal string ExportPem() => _key.ExportPem();

    private bool TrySave(string path) => IdentityFile.TryWriteNew(path, _key);
}
