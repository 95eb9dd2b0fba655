using System.Security.Cryptography;

namespace Kademlia.Identity;

/// <summary>Signatures of a simulated world: SHA-256 after a secret of that world, the same from the same seed.</summary>
/// <remarks>
/// A key is 64 random bytes; a signature is the hash of secret, key and data, written twice to have the real size.
/// Whoever has the scheme can sign as anybody, and whoever has a signature can sign longer data (no HMAC: a world signs half a million times
/// while ten thousand nodes join). So only simulation and tests may make one, and no real node accepts <see cref="SignatureAlgorithm.KeyedHash"/>.
/// </remarks>
internal sealed class KeyedHashScheme : SignatureScheme
{
    private const int SecretLength = 32;
    private const int MaxOnStack = 1024;

    private readonly Random _random;
    private readonly byte[] _secret = new byte[SecretLength];

    /// <summary>Draws the world's secret now, and each key when it is made.</summary>
    public KeyedHashScheme(Random random)
    {
        _random = random;
        _random.NextBytes(_secret);
    }

    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.KeyedHash;

    public override SigningKey CreateKey()
    {
        byte[] publicKey = new byte[NodeIdentity.PublicKeyLength];
        _random.NextBytes(publicKey);
        return new KeyedHashKey(this, publicKey);
    }

    public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[NodeIdentity.SignatureLength];
        Sign(publicKey, data, expected);
        return publicKey.Length == NodeIdentity.PublicKeyLength && signature.SequenceEqual(expected);
    }

    /// <summary>Writes the 64 bytes that the holder of a key would write.</summary>
    public void Sign(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        int length = SecretLength + publicKey.Length + data.Length;
        Span<byte> message = length <= MaxOnStack ? stackalloc byte[MaxOnStack] : new byte[length];
        _secret.CopyTo(message);
        publicKey.CopyTo(message[SecretLength..]);
        data.CopyTo(message[(SecretLength + publicKey.Length)..]);
        SHA256.HashData(message[..length], signature);
        signature[..SHA256.HashSizeInBytes].CopyTo(signature[SHA256.HashSizeInBytes..]);
    }
}
