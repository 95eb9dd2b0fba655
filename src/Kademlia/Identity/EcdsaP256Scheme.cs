using System.Security.Cryptography;

namespace Kademlia.Identity;

/// <summary>ECDSA on P-256 with SHA-256, as real nodes sign.</summary>
/// <remarks>
/// Refused beside what does not verify: a key that is no point of the curve, r or s out of range, and s in the upper half.
/// </remarks>
internal sealed class EcdsaP256Scheme : SignatureScheme
{
    private EcdsaP256Scheme()
    {
    }

    public static EcdsaP256Scheme Instance { get; } = new();

    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.EcdsaP256;

    public override SigningKey CreateKey() => new EcdsaP256Key(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!P256.IsCanonical(signature) || !P256.IsPoint(publicKey))
        {
            return false;
        }

        using ECDsa ecdsa = Import(publicKey);
        return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256);
    }

    private static ECDsa Import(ReadOnlySpan<byte> publicKey)
    {
        const int Half = NodeIdentity.PublicKeyLength / 2;
        return ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = publicKey[..Half].ToArray(), Y = publicKey[Half..].ToArray() },
        });
    }
}
