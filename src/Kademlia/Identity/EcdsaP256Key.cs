using System.Security.Cryptography;

namespace Kademlia.Identity;

/// <summary>A P-256 key pair of the platform.</summary>
internal sealed class EcdsaP256Key : SigningKey
{
    /// <summary>The object identifier of the curve: others have 256 bits too.</summary>
    public const string CurveOid = "1.2.840.10045.3.1.7";

    // The platform does not promise that one ECDsa object signs on two threads at once.
    private readonly Lock _lock = new();
    private readonly ECDsa _ecdsa;

    /// <summary>Takes over a key pair, which must be on P-256.</summary>
    public EcdsaP256Key(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        ECPoint point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = (byte[])[.. point.X!, .. point.Y!];
    }

    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.EcdsaP256;

    public override ReadOnlyMemory<byte> PublicKey { get; }

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[NodeIdentity.SignatureLength];
        lock (_lock)
        {
            _ecdsa.SignData(data, signature, HashAlgorithmName.SHA256);
        }

        P256.Canonicalize(signature);
        return signature;
    }

    public override string ExportPem() => _ecdsa.ExportPkcs8PrivateKeyPem();

    public override void Dispose() => _ecdsa.Dispose();
}
