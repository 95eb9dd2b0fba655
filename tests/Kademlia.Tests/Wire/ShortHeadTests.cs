using FsCheck;
using FsCheck.Fluent;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>A short head is read by place, any other head value by value, and both ways accept, refuse and mean the same (13 to 17).</summary>
public class ShortHeadTests
{
    private const int HeadAndMost = 100;

    private static Arbitrary<(int Seed, MessageKind Kind)> Messages =>
        Gen.Choose(0, int.MaxValue).Zip(Gen.Elements(WireSamples.Kinds), (seed, kind) => (seed, kind)).ToArbitrary();

    private static Arbitrary<(int At, byte Value)[]> Mutations =>
        Gen.Choose(1, HeadAndMost).Zip(ArbMap.Default.GeneratorFor<byte>(), (at, value) => (at, value)).ArrayOf(4).ToArbitrary();

    [Fact]
    public void Every_message_that_is_written_begins_with_a_short_head() => Prop.ForAll(Messages, message =>
        ShortHead.Begins(new WireSamples(message.Seed).Datagram(message.Kind))).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_flipped_bit_of_a_head_is_read_alike_both_ways() => Prop.ForAll(Messages, message =>
    {
        byte[] datagram = new WireSamples(message.Seed).Datagram(message.Kind);
        bool alike = IsReadAlike(datagram);
        for (int bit = 8; bit < 8 * int.Min(datagram.Length, HeadAndMost); bit++)
        {
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
            alike &= IsReadAlike(datagram);
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        return alike;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_prefix_is_read_alike_both_ways() => Prop.ForAll(Messages, message =>
    {
        byte[] datagram = new WireSamples(message.Seed).Datagram(message.Kind);
        return Enumerable.Range(1, datagram.Length).All(length => IsReadAlike(datagram.AsSpan(0, length)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_in_a_head_are_read_alike_both_ways() => Prop.ForAll(Messages, Mutations, (message, mutations) =>
    {
        byte[] datagram = new WireSamples(message.Seed).Datagram(message.Kind);
        foreach ((int at, byte value) in mutations)
        {
            datagram[int.Min(at, datagram.Length - 1)] = value;
        }

        return IsReadAlike(datagram);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>Whether it means the same with the count of its elements written in three bytes instead of one, which no short head has.</summary>
    private static bool IsReadAlike(ReadOnlySpan<byte> datagram)
    {
        byte[] atLength = [MessagePackCode.Array16, 0, (byte)(datagram[0] & 0x0f), .. datagram[1..]];
        bool crossesABound = atLength.Length > Codec.MaxMessageLength
            || (datagram.Length < Codec.MinRequestLength && atLength.Length >= Codec.MinRequestLength);
        DecodeOutcome outcome = WireSamples.Codec.TryReadEnvelope(datagram, out Envelope envelope, out ReadOnlySpan<byte> body);
        return crossesABound
            || (WireSamples.Codec.TryReadEnvelope(atLength, out Envelope other, out ReadOnlySpan<byte> otherBody) == outcome
                && envelope == other
                && body.SequenceEqual(otherBody));
    }
}
