using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kademlia.Streams;

/// <summary>A node's key in the form in which TLS shows it. Only the key counts (PROTOCOL.md, 9.3).</summary>
internal static class NodeCertificate
{
    private const byte Uncompressed = 4;
    private const string EcPublicKeyOid = "1.2.840.10045.2.1";

    /// <summary>The curve's object identifier in DER, as a key's parameters name it (RFC 5480, section 2.1.1).</summary>
    private static readonly byte[] P256Parameters = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    /// <summary>The validity says nothing: the longest that the format can tell (RFC 5280, section 4.1.2.5).</summary>
    private static readonly DateTimeOffset NotBefore = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset NotAfter = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Makes a self-signed certificate of an identity.</summary>
    /// <exception cref="NotSupportedException">The identity is a simulation's.</exception>
    public static X509Certificate2 Create(NodeIdentity identity)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(identity.ExportPem());
        CertificateRequest request = new("CN=kademlia", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(NotBefore, NotAfter);

        // Windows does not serve TLS with a key that was never in a store; one that was read from PKCS#12 is.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>The id of whoever shows a certificate; false when its key is no node's.</summary>
    public static bool TryGetId(X509Certificate? certificate, out NodeId id)
    {
        id = default;
        if (certificate is not X509Certificate2 { PublicKey: PublicKey { EncodedParameters: { } parameters } key }
            || key.Oid.Value != EcPublicKeyOid
            || !parameters.RawData.AsSpan().SequenceEqual(P256Parameters))
        {
            return false;
        }

        ReadOnlySpan<byte> point = key.EncodedKeyValue.RawData;
        if (point.Length != 1 + NodeIdentity.PublicKeyLength || point[0] != Uncompressed)
        {
            return false;
        }

        id = NodeIdentity.IdOf(point[1..]);
        return true;
    }
}
