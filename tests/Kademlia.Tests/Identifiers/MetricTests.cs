using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Identifiers;

/// <summary>The laws of the XOR metric, against arithmetic on <see cref="BigInteger"/>.</summary>
public class MetricTests
{
    private static readonly Gen<(NodeId, NodeId)> Pairs =
        from x in Generators.NodeIds
        from y in Gen.OneOf(Generators.NodeIds, Generators.NodeIdsNear(x), Gen.Constant(x))
        select (x, y);

    private static readonly Gen<(NodeId, NodeId, NodeId)> Triples =
        from pair in Pairs
        from z in Gen.OneOf(Generators.NodeIds, Generators.NodeIdsNear(pair.Item1), Generators.NodeIdsNear(pair.Item2))
        select (pair.Item1, pair.Item2, z);

    [Fact]
    public void An_id_is_at_distance_zero_from_itself_and_from_no_other() =>
        Check(Pairs, (x, y) => (x ^ x) == Distance.Zero && ((x ^ y) == Distance.Zero) == (x == y));

    [Fact]
    public void The_distance_is_the_same_both_ways() => Check(Pairs, (x, y) => (x ^ y) == (y ^ x));

    [Fact]
    public void The_distance_is_the_exclusive_or_of_the_numbers() =>
        Check(Pairs, (x, y) => Number(x ^ y) == (Number(x) ^ Number(y)));

    [Fact]
    public void Two_distances_give_the_third_and_no_detour_is_shorter() => Check(Triples, (x, y, z) =>
        Number(x ^ z) == (Number(x ^ y) ^ Number(y ^ z))
        && Number(x ^ z) <= Number(x ^ y) + Number(y ^ z));

    [Fact]
    public void At_each_distance_from_an_id_is_exactly_one_other() => Check(Triples, (x, y, other) =>
        At(x, x ^ y) == y && ((x ^ other) == (x ^ y)) == (other == y));

    [Fact]
    public void Distances_are_ordered_as_their_numbers() => Check(Triples, (x, y, target) =>
        Agrees(x ^ target, y ^ target, Number(x ^ target).CompareTo(Number(y ^ target))));

    [Fact]
    public void Ids_are_ordered_as_their_numbers() => Check(Pairs, (x, y) =>
    {
        int expected = Number(x).CompareTo(Number(y));
        return Math.Sign(x.CompareTo(y)) == expected
            && (x < y, x <= y, x > y, x >= y) == (expected < 0, expected <= 0, expected > 0, expected >= 0);
    });

    [Fact]
    public void Closeness_to_a_target_is_a_total_order() => Check(Triples, (x, y, target) =>
    {
        int there = (x ^ target).CompareTo(y ^ target);
        int back = (y ^ target).CompareTo(x ^ target);
        return Math.Sign(there) == -Math.Sign(back) && (there == 0) == (x == y);
    });

    [Fact]
    public void Closeness_to_a_target_is_transitive() => Check(Triples, (x, y, z) =>
    {
        NodeId target = At(y, x ^ z);
        Distance[] distances = [x ^ target, y ^ target, z ^ target];
        Distance[] sorted = [.. distances.Order()];
        return sorted[0] <= sorted[1] && sorted[1] <= sorted[2] && sorted[0] <= sorted[2]
            && sorted.Select(Number).SequenceEqual(distances.Select(Number).Order());
    });

    [Fact]
    public void The_common_prefix_is_as_long_as_the_equal_leading_bits() => Check(Pairs, (x, y) =>
        x.CommonPrefixLength(y) == Bits(x).TakeWhile((bit, i) => bit == Bits(y)[i]).Count()
        && x.CommonPrefixLength(y) == y.CommonPrefixLength(x));

    [Fact]
    public void The_bucket_of_an_id_is_the_range_of_distances_that_its_prefix_spans() => Check(Pairs, (x, y) =>
    {
        Distance distance = x ^ y;
        int prefix = x.CommonPrefixLength(y);
        BigInteger number = Number(distance);
        return distance.LeadingZeroCount == prefix
            && distance.Log2 == NodeId.BitLength - 1 - prefix
            && number < BigInteger.One << (NodeId.BitLength - prefix)
            && (number.IsZero || number >= BigInteger.One << distance.Log2);
    });

    [Fact]
    public void Each_prefix_length_is_met_by_ids_made_for_it()
    {
        Random random = new(7);
        NodeId point = NodeId.Random(random);
        Assert.All(
            Enumerable.Range(0, NodeId.BitLength + 1),
            length => Assert.Equal(length, point.CommonPrefixLength(Generators.WithSharedPrefix(point, length, random))));
    }

    [Theory]
    [InlineData(0b0110, 0b0110, 0b0000)]
    [InlineData(0b0110, 0b0111, 0b0001)]
    [InlineData(0b0110, 0b1110, 0b1000)]
    [InlineData(0b0000, 0b1111, 0b1111)]
    public void Xor_FourBitIds_IsTheDistance(uint left, uint right, uint distance) =>
        Assert.Equal((ulong)distance << 60, (Generators.FourBits(left) ^ Generators.FourBits(right)).Word0);

    [Fact]
    public void The_greatest_distance_is_greater_than_every_other() =>
        Check(Pairs, (x, y) => (x ^ y) <= Distance.MaxValue && (x ^ y) >= Distance.Zero);

    private static void Check(Gen<(NodeId, NodeId)> pairs, Func<NodeId, NodeId, bool> holds) =>
        Prop.ForAll(pairs.ToArbitrary(), pair => holds(pair.Item1, pair.Item2)).QuickCheckThrowOnFailure();

    private static void Check(Gen<(NodeId, NodeId, NodeId)> triples, Func<NodeId, NodeId, NodeId, bool> holds) =>
        Prop.ForAll(triples.ToArbitrary(), t => holds(t.Item1, t.Item2, t.Item3)).QuickCheckThrowOnFailure();

    private static bool Agrees(Distance left, Distance right, int expected) =>
        Math.Sign(left.CompareTo(right)) == expected
        && (left < right, left <= right, left > right, left >= right, left == right)
            == (expected < 0, expected <= 0, expected > 0, expected >= 0, expected == 0);

    private static NodeId At(NodeId from, Distance distance) => new(
        from.Word0 ^ distance.Word0, from.Word1 ^ distance.Word1, from.Word2 ^ distance.Word2, from.Word3 ^ distance.Word3);

    private static bool[] Bits(NodeId id) =>
        [.. id.ToByteArray().SelectMany(b => Enumerable.Range(0, 8).Select(i => (b & (0x80 >> i)) != 0))];

    private static BigInteger Number(NodeId id) => new(id.ToByteArray(), isUnsigned: true, isBigEndian: true);

    private static BigInteger Number(Distance distance) =>
        (((((new BigInteger(distance.Word0) << 64) | distance.Word1) << 64) | distance.Word2) << 64) | distance.Word3;
}
