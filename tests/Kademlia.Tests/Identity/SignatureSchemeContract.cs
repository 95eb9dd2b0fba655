using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Identity;

namespace Kademlia.Tests.Identity;

/// <summary>What every signature scheme keeps to.</summary>
public abstract class SignatureSchemeContract
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();

    private protected abstract SignatureScheme CreateScheme();

    [Fact]
    public void A_signature_verifies_under_its_key_and_data_alone()
    {
        SignatureScheme scheme = CreateScheme();
        using NodeIdentity alice = scheme.CreateIdentity();
        using NodeIdentity bob = scheme.CreateIdentity();
        byte[] signature = alice.Sign(Data);

        Assert.True(scheme.Verify(alice.PublicKey.Span, Data, signature));
        Assert.False(scheme.Verify(bob.PublicKey.Span, Data, signature));
        Assert.False(scheme.Verify(alice.PublicKey.Span, [], signature));
    }

    [Fact]
    public void Sizes_algorithm_and_id_are_as_the_wire_wants_them()
    {
        SignatureScheme scheme = CreateScheme();
        using NodeIdentity identity = scheme.CreateIdentity();

        Assert.Equal(64, identity.PublicKey.Length);
        Assert.Equal(64, identity.Sign(Data).Length);
        Assert.Equal(scheme.Algorithm, identity.Algorithm);
        Assert.Equal(new NodeId(SHA256.HashData(identity.PublicKey.Span)), identity.Id);
        Assert.Equal(identity.Id.ToString(), identity.ToString());
    }

    [Fact]
    public void No_single_bit_of_key_data_or_signature_can_change()
    {
        SignatureScheme scheme = CreateScheme();
        using NodeIdentity identity = scheme.CreateIdentity();
        byte[] key = identity.PublicKey.ToArray();
        byte[] data = [.. Data];
        byte[] signature = identity.Sign(Data);

        foreach (byte[] field in (byte[][])[key, data, signature])
        {
            for (int bit = 0; bit < field.Length * 8; bit++)
            {
                field[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(scheme.Verify(key, data, signature), $"bit {bit} of {field.Length} bytes");
                field[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.True(scheme.Verify(key, data, signature));
    }

    [Fact]
    public void Arbitrary_bytes_of_any_length_are_refused_without_an_exception()
    {
        SignatureScheme scheme = CreateScheme();
        using NodeIdentity identity = scheme.CreateIdentity();
        Gen<byte[]> bytes = Gen.OneOf(
            Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(),
            Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(64),
            Gen.Constant(identity.PublicKey.ToArray()));
        Prop.ForAll(bytes.Two().ToArbitrary(), pair => !scheme.Verify(pair.Item1, Data, pair.Item2)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_difficult_identity_meets_its_difficulty()
    {
        using NodeIdentity identity = CreateScheme().CreateIdentity(idDifficulty: 4);
        Assert.True(NodeIdentity.MeetsDifficulty(identity.Id, 4));
        Assert.True(SHA256.HashData(identity.Id.ToByteArray())[0] < 0x10);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(25)]
    public void A_difficulty_out_of_range_is_refused(int difficulty) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CreateScheme().CreateIdentity(difficulty));
}
