using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Kademlia.Identity;

namespace Kademlia.Tests.Identity;

public class EcdsaP256SchemeTests : SignatureSchemeContract
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();
    private static readonly BigInteger Order = BigInteger.Parse(
        "0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private readonly EcdsaP256Scheme _scheme = EcdsaP256Scheme.Instance;

    [Fact]
    public void Every_signature_has_its_s_in_the_lower_half()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        for (int i = 0; i < 64; i++)
        {
            byte[] signature = identity.Sign(Data);
            Assert.True(SOf(signature) <= Order / 2);
            Assert.True(_scheme.Verify(identity.PublicKey.Span, Data, signature));
        }
    }

    [Fact]
    public void The_other_form_of_a_signature_is_refused_though_the_platform_takes_it()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        byte[] signature = identity.Sign(Data);
        Replace(signature.AsSpan(32), Order - SOf(signature));

        Assert.True(VerifiesByPlatform(identity, signature));
        Assert.False(_scheme.Verify(identity.PublicKey.Span, Data, signature));
    }

    [Fact]
    public void Zero_and_the_order_are_refused_as_r_and_as_s()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        foreach (int half in (int[])[0, 32])
        {
            foreach (BigInteger value in (BigInteger[])[0, Order, Order + 1])
            {
                byte[] signature = identity.Sign(Data);
                Replace(signature.AsSpan(half, 32), value);
                Assert.False(_scheme.Verify(identity.PublicKey.Span, Data, signature));
            }
        }
    }

    [Fact]
    public void Keys_that_are_no_point_of_the_curve_are_refused()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        byte[] signature = identity.Sign(Data);
        byte[] ones = new byte[64];
        ones.AsSpan().Fill(0xff);

        Assert.False(_scheme.Verify(new byte[64], Data, signature));
        Assert.False(_scheme.Verify(ones, Data, signature));
        Assert.False(_scheme.Verify(identity.PublicKey.Span[1..], Data, signature));
    }

    [Fact]
    public async Task Many_threads_sign_with_one_identity()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        byte[][] signatures = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => identity.Sign(Data))));
        Assert.All(signatures, signature => Assert.True(_scheme.Verify(identity.PublicKey.Span, Data, signature)));
    }

    [Fact]
    public void A_disposed_identity_signs_nothing()
    {
        NodeIdentity identity = NodeIdentity.Create();
        identity.Dispose();
        Assert.Throws<ObjectDisposedException>(() => identity.Sign(Data));
    }

    private protected override SignatureScheme CreateScheme() => _scheme;

    private static BigInteger SOf(byte[] signature) => new(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);

    private static void Replace(Span<byte> half, BigInteger value)
    {
        half.Clear();
        value.TryWriteBytes(half[^value.GetByteCount(isUnsigned: true)..], out _, isUnsigned: true, isBigEndian: true);
    }

    private static bool VerifiesByPlatform(NodeIdentity identity, byte[] signature)
    {
        using ECDsa ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = identity.PublicKey[..32].ToArray(), Y = identity.PublicKey[32..].ToArray() },
        });
        return ecdsa.VerifyData(Data, signature, HashAlgorithmName.SHA256);
    }
}
