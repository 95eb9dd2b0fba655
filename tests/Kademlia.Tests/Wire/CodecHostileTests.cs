using FsCheck;
using FsCheck.Fluent;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>Strangers' bytes are refused or mean what their canonical form means; nothing is thrown or allocated (14, 15).</summary>
public class CodecHostileTests
{
    private static Arbitrary<(int Seed, MessageKind Kind)> Messages =>
        Gen.Choose(0, int.MaxValue).Zip(Gen.Elements(WireSamples.Kinds), (seed, kind) => (seed, kind)).ToArbitrary();

    [Fact]
    public void Arbitrary_bytes_allocate_nothing() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            Rewriter.Rewrite(bytes);
            return AllocatesNothing(bytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Arbitrary_bodies_behind_a_valid_header_allocate_nothing() =>
        Prop.ForAll(Messages, ArbMap.Default.ArbFor<byte[]>(), (message, tail) =>
        {
            byte[] datagram = new WireSamples(message.Seed).Datagram(message.Kind);
            int from = int.Min(datagram.Length, 60);
            tail.AsSpan(0, int.Min(tail.Length, datagram.Length - from)).CopyTo(datagram.AsSpan(from));
            return AllocatesNothing(datagram) && IsRefusedOrEqual(datagram);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_prefix_is_refused() =>
        Prop.ForAll(Messages, message =>
        {
            byte[] datagram = new WireSamples(message.Seed).Datagram(message.Kind);
            for (int length = 0; length < datagram.Length; length++)
            {
                if (!Rewriter.Rewrite(datagram.AsSpan(0, length)).IsEmpty)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_flipped_bit_is_refused_or_changes_only_what_it_says() =>
        Prop.ForAll(Messages, message =>
        {
            byte[] datagram = new WireSamples(message.Seed).Datagram(message.Kind);
            for (int bit = 0; bit < 8 * datagram.Length; bit++)
            {
                datagram[bit / 8] ^= (byte)(1 << (bit % 8));
                if (!IsRefusedOrEqual(datagram))
                {
                    return false;
                }

                datagram[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    [Fact]
    public void Trailing_bytes_are_refused() =>
        Prop.ForAll(Messages, ArbMap.Default.ArbFor<byte>(), (message, trailing) =>
            Rewriter.Rewrite([.. new WireSamples(message.Seed).Datagram(message.Kind), trailing]).IsEmpty).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("c6ffffffff")]
    [InlineData("ddffffffff")]
    [InlineData("dfffffffff")]
    [InlineData("dbffffffff")]
    [InlineData("c9ffffffff")]
    [InlineData("cfffffffffffffffff")]
    [InlineData("d3ffffffffffffffff")]
    public void A_huge_or_negative_number_anywhere_is_refused_or_harmless(string hex)
    {
        const int HeaderAndMost = 250;
        byte[] poison = Convert.FromHexString(hex);
        foreach (MessageKind kind in WireSamples.Kinds)
        {
            byte[] valid = new WireSamples(1).Datagram(kind);
            int end = int.Min(valid.Length - poison.Length, HeaderAndMost);
            for (int at = 0; at <= end; at++)
            {
                byte[] datagram = [.. valid];
                poison.CopyTo(datagram, at);
                Assert.True(AllocatesNothing(datagram) && IsRefusedOrEqual(datagram));
            }
        }
    }

    [Fact]
    public void A_longer_message_than_the_longest_is_refused()
    {
        byte[] datagram = new byte[Codec.MaxMessageLength + 1];
        Envelope envelope = new(MessageKind.Ping, 1, default, SenderFlags.None, default, default);
        int length = WireSamples.Codec.WritePing(datagram, envelope, Codec.MaxMessageLength);
        const int PaddingAt = 61;
        Assert.Equal(MessagePackCode.Binary16, datagram[PaddingAt]);
        Assert.Equal(DecodeOutcome.Ok, WireSamples.Codec.TryReadEnvelope(datagram.AsSpan(0, length), out _, out _));
        datagram[PaddingAt + 2]++;
        Assert.Equal(DecodeOutcome.Malformed, WireSamples.Codec.TryReadEnvelope(datagram, out _, out _));
    }

    /// <summary>The least of some rounds: what the runtime allocates when it first compiles or recompiles a method is not the codec's.</summary>
    private static bool AllocatesNothing(ReadOnlySpan<byte> datagram)
    {
        const int Rounds = 5;
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Rewriter.Rewrite(datagram);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least == 0;
    }

    /// <summary>Whether writing what was read is stable: the canonical form of the canonical form is itself.</summary>
    private static bool IsRefusedOrEqual(ReadOnlySpan<byte> datagram)
    {
        Span<byte> once = stackalloc byte[Codec.MaxMessageLength];
        ReadOnlySpan<byte> rewritten = Rewriter.Rewrite(datagram);
        rewritten.CopyTo(once);
        once = once[..rewritten.Length];
        return once.IsEmpty || Rewriter.Rewrite(once).SequenceEqual(once);
    }
}
