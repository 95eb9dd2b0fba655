using FsCheck;
using FsCheck.Fluent;
using Kademlia.Identity;
using Kademlia.Records;

namespace Kademlia.Tests.Records;

public class RecordVerifierTests
{
    private const long Cap = RecordExpiry.DefaultMaxLifetimeSeconds + RecordExpiry.SkewSeconds;

    [Fact]
    public void Every_kind_verifies_as_it_was_made()
    {
        using RecordSamples samples = new(EcdsaP256Scheme.Instance);
        Record[] records =
            [RecordSamples.Content(), samples.Owner(), samples.Open(), samples.Tombstone(), samples.Tombstone(RecordKind.Open)];
        Assert.All(records, record => Assert.Equal(RecordFault.None, samples.Verify(record.View, record.Key)));
    }

    [Fact]
    public void No_single_bit_of_an_owner_record_can_change()
    {
        using RecordSamples samples = new(EcdsaP256Scheme.Instance);
        AssertTamperproof(samples, samples.Owner());
    }

    [Fact]
    public void No_single_bit_of_an_open_record_can_change()
    {
        using RecordSamples samples = new(EcdsaP256Scheme.Instance);
        AssertTamperproof(samples, samples.Open());
    }

    [Fact]
    public void No_single_bit_of_a_tombstone_can_change()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        AssertTamperproof(samples, samples.Tombstone());
        AssertTamperproof(samples, samples.Tombstone(RecordKind.Open));
    }

    [Fact]
    public void Of_content_only_the_expiry_can_change()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        Record record = RecordSamples.Content();
        RecordFields fields = RecordFields.Of(record);
        Assert.All(
            fields.Tampered().Where(tampered => tampered.ExpirySeconds == fields.ExpirySeconds),
            tampered => Assert.NotEqual(RecordFault.None, samples.Verify(tampered.View, record.Key)));
        Assert.Equal(RecordFault.None, samples.Verify((fields with { ExpirySeconds = fields.ExpirySeconds + 1 }).View, record.Key));
    }

    [Theory]
    [InlineData(RecordKind.Owner, RecordKind.Open)]
    [InlineData(RecordKind.Open, RecordKind.Owner)]
    public void A_record_of_one_kind_never_verifies_as_another_even_under_the_key_it_then_hashes_to(RecordKind kind, RecordKind pose)
    {
        using RecordSamples samples = new(EcdsaP256Scheme.Instance);
        RecordFields fields = RecordFields.Of(kind == RecordKind.Owner ? samples.Owner() : samples.Open());
        RecordFields posing = fields with { Kind = pose };
        Assert.Equal(RecordFault.BadSignature, samples.Verify(posing.View, posing.View.ComputeKey()));
    }

    [Fact]
    public void A_record_of_another_network_is_refused()
    {
        using RecordSamples samples = new(EcdsaP256Scheme.Instance);
        Record record = samples.Owner();
        RecordVerifier elsewhere = new(EcdsaP256Scheme.Instance, RecordSamples.Network + 1);
        Assert.Equal(RecordFault.BadSignature, elsewhere.Verify(record.View, record.Key, RecordSamples.Now));
    }

    [Fact]
    public void A_record_of_a_simulation_is_refused_by_a_real_node()
    {
        using RecordSamples simulated = RecordSamples.Simulated;
        using RecordSamples real = new(EcdsaP256Scheme.Instance);
        Record record = simulated.Owner();
        Assert.Equal(RecordFault.Malformed, real.Verify(record.View, record.Key));
    }

    [Fact]
    public void Another_writers_slot_under_the_same_open_key_needs_its_own_signature()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        using NodeIdentity other = samples.Scheme.CreateIdentity();
        RecordFields stolen = RecordFields.Of(samples.Open()) with { PublicKey = other.PublicKey.ToArray() };
        Assert.Equal(RecordFault.BadSignature, samples.Verify(stolen.View, samples.Open().Key));
    }

    [Theory]
    [InlineData(-301, RecordFault.Expired)]
    [InlineData(-300, RecordFault.Expired)]
    [InlineData(-299, RecordFault.None)]
    [InlineData(0, RecordFault.None)]
    [InlineData(Cap, RecordFault.None)]
    [InlineData(Cap + 1, RecordFault.TooFarAhead)]
    public void An_expiry_is_believed_from_the_skew_before_now_to_the_longest_life_and_the_skew_after(long ahead, object fault)
    {
        using RecordSamples samples = RecordSamples.Simulated;
        Record record = RecordSamples.Content(expiry: RecordSamples.Now + ahead);
        Assert.Equal(fault, samples.Verifier.Examine(record.View, RecordSamples.Now));
    }

    [Fact]
    public void No_expiry_however_extreme_overflows()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        RecordFields fields = RecordFields.Of(RecordSamples.Content());
        Assert.Equal(RecordFault.TooFarAhead, Examine(samples, fields with { ExpirySeconds = long.MaxValue }));
        Assert.Equal(RecordFault.Malformed, Examine(samples, fields with { ExpirySeconds = long.MinValue }));
        Assert.Equal(RecordFault.Malformed, Examine(samples, fields with { ExpirySeconds = 0 }));
    }

    [Fact]
    public void Fields_of_a_wrong_size_are_refused_before_anything_is_hashed()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        RecordFields owner = RecordFields.Of(samples.Owner());
        RecordFields content = RecordFields.Of(RecordSamples.Content());
        RecordFields[] malformed =
        [
            owner with { PublicKey = [] },
            owner with { PublicKey = new byte[65] },
            owner with { Signature = new byte[63] },
            owner with { Salt = new byte[65] },
            owner with { Value = new byte[65537] },
            owner with { Sequence = -1 },
            owner with { IsTombstone = true },
            owner with { Algorithm = SignatureAlgorithm.None },
            owner with { Kind = RecordKind.Open, Value = new byte[769] },
            content with { Value = new byte[65537] },
            content with { IsTombstone = true, Value = [] },
            content with { Sequence = 1 },
            content with { PublicKey = new byte[64] },
            content with { Signature = new byte[64] },
            content with { Salt = [1] },
        ];
        Assert.All(malformed, fields => Assert.Equal(RecordFault.Malformed, Examine(samples, fields)));
    }

    [Fact]
    public void Any_fields_at_all_are_answered_without_an_exception()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        RecordKey key = samples.Owner().Key;
        Gen<byte[]> bytes = Gen.OneOf(
            Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(),
            Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(64),
            Gen.Choose(0, 2000).Select(length => new byte[length]));
        Gen<RecordFields> fields =
            from kind in Gen.Choose(0, 4)
            from algorithm in Gen.Elements(SignatureAlgorithm.None, SignatureAlgorithm.EcdsaP256, SignatureAlgorithm.KeyedHash)
            from publicKey in bytes
            from salt in bytes
            from sequence in Gen.Choose(-1, 1)
            from isTombstone in Gen.Elements(true, false)
            from expiry in Gen.Elements(long.MinValue, 0, RecordSamples.Now, long.MaxValue)
            from value in bytes
            from signature in bytes
            select new RecordFields((RecordKind)kind, algorithm, publicKey, salt, sequence, isTombstone, expiry, value, signature);
        Prop.ForAll(fields.ToArbitrary(), sample => samples.Verify(sample.View, key) != RecordFault.None).QuickCheckThrowOnFailure();
    }

    private static RecordFault Examine(RecordSamples samples, RecordFields fields) =>
        samples.Verifier.Examine(fields.View, RecordSamples.Now);

    private static void AssertTamperproof(RecordSamples samples, Record record)
    {
        int tried = 0;
        foreach (RecordFields tampered in RecordFields.Of(record).Tampered())
        {
            Assert.NotEqual(RecordFault.None, samples.Verify(tampered.View, record.Key));
            tried++;
        }

        Assert.True(tried > 1000);
        Assert.Equal(RecordFault.None, samples.Verify(record.View, record.Key));
    }
}
