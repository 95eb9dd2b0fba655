namespace Kademlia.Identity;

/// <summary>A key of a simulated world.</summary>
internal sealed class KeyedHashKey(KeyedHashScheme scheme, byte[] publicKey) : SigningKey
{
    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.KeyedHash;

    public override ReadOnlyMemory<byte> PublicKey { get; } = publicKey;

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[NodeIdentity.SignatureLength];
        scheme.Sign(PublicKey.Span, data, signature);
        return signature;
    }

    public override string ExportPem() =>
        throw new NotSupportedException("An identity of a simulation means nothing outside it and cannot be saved.");

    public override void Dispose()
    {
    }
}
