using System.Security.Cryptography;

namespace Kademlia.Identity;

/// <summary>Signatures of a simulated world: HMAC-SHA256 under a secret of that world, the same from the same seed.</summary>
/// <remarks>
/// A key is 64 random bytes; a signature is the hash of secret, key and data, written twice to have the real size.
/// Whoever has the scheme can sign as anybody, so only simulation and tests may make one, and
/// no real node accepts <see cref="SignatureAlgorithm.KeyedHash"/>.
/// </remarks>
internal sealed class KeyedHashScheme : SignatureScheme
{
    private const int SecretLength = 32;

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
        using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hash.AppendData(publicKey);
        hash.AppendData(data);
        hash.GetHashAndReset(signature);
        signature[..HMACSHA256.HashSizeInBytes].CopyTo(signature[HMACSHA256.HashSizeInBytes..]);
    }
}
