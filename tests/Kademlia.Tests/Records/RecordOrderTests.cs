using FsCheck;
using FsCheck.Fluent;
using Kademlia.Records;

namespace Kademlia.Tests.Records;

public class RecordOrderTests
{
    private static readonly RecordKey Key = RecordKey.ForName("topic");

    private static readonly Gen<RecordHead> Heads =
        from sequence in Gen.Choose(0, 2)
        from isTombstone in Gen.Elements(true, false)
        from hash in Gen.Choose(0, 2)
        from expiry in Gen.Choose(1, 3)
        select new RecordHead(Key, default, sequence, isTombstone, new NodeId((ulong)hash, 0, 0, 0), expiry, 1);

    [Fact]
    public void The_order_is_total_antisymmetric_and_transitive() => Prop.ForAll(Heads.Three().ToArbitrary(), three =>
    {
        (RecordHead a, RecordHead b, RecordHead c) = three;
        int ab = Math.Sign(RecordOrder.Compare(a, b));
        bool antisymmetric = ab == -Math.Sign(RecordOrder.Compare(b, a)) && (ab == 0) == (a == b);
        bool transitive = ab > 0 || RecordOrder.Compare(b, c) > 0 || RecordOrder.Compare(a, c) <= 0;
        return antisymmetric && transitive;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_is_commutative_associative_and_idempotent() => Prop.ForAll(Heads.Three().ToArbitrary(), three =>
    {
        (RecordHead a, RecordHead b, RecordHead c) = three;
        return RecordOrder.Merge(a, b) == RecordOrder.Merge(b, a)
            && RecordOrder.Merge(RecordOrder.Merge(a, b), c) == RecordOrder.Merge(a, RecordOrder.Merge(b, c))
            && RecordOrder.Merge(a, a) == a;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sequence_counts_before_tombstone_before_value_before_expiry()
    {
        RecordHead least = new(Key, default, 1, false, default, 9, 1);
        RecordHead longer = least with { ExpirySeconds = 10 };
        RecordHead greater = least with { ValueHash = new NodeId(0, 0, 0, 1), ExpirySeconds = 1 };
        RecordHead deleted = least with { IsTombstone = true, ExpirySeconds = 1 };
        RecordHead newer = least with { Sequence = 2, ExpirySeconds = 1 };
        RecordHead[] ordered = [least, longer, greater, deleted, newer];
        for (int i = 1; i < ordered.Length; i++)
        {
            Assert.True(RecordOrder.Compare(ordered[i - 1], ordered[i]) < 0);
        }
    }

    [Fact]
    public void Two_signatures_over_the_same_record_are_the_same_record()
    {
        using RecordSamples samples = new(Kademlia.Identity.EcdsaP256Scheme.Instance);
        Record one = samples.Owner();
        Record other = samples.Owner();
        Assert.False(one.Signature.Span.SequenceEqual(other.Signature.Span));
        Assert.Equal(RecordHead.Of(one), RecordHead.Of(other));
        Assert.True(one.IsSameAs(other));
    }
}
