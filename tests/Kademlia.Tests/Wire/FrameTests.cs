using FsCheck;
using FsCheck.Fluent;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Tests.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>Frames of streams: what is written is what is read, and strangers' bytes are refused or mean what their canonical form means.</summary>
public class FrameTests
{
    private static readonly Record Largest = new(new RecordView(
        RecordKind.Owner, SignatureAlgorithm.KeyedHash, new byte[64], new byte[64], long.MaxValue, false, RecordFormat.MaxSeconds,
        new byte[Record.MaxValueLength], new byte[64]));

    private static readonly NodeId Id = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    [Fact]
    public void Every_frame_is_written_again_as_it_was() => ForAll(frame => Rewrite(frame).AsSpan().SequenceEqual(frame));

    [Fact]
    public void Every_prefix_and_every_trailing_byte_is_refused() => ForAll(frame =>
        Enumerable.Range(0, Math.Min(frame.Length, 300)).All(length => Rewrite(frame[..length]) is null)
        && Rewrite(frame[..^1]) is null
        && Rewrite([.. frame, 0]) is null);

    [Fact]
    public void Every_flipped_bit_is_refused_or_changes_only_what_it_says() => ForAll(frame =>
    {
        for (int bit = 0; bit < 8 * Math.Min(frame.Length, 300); bit++)
        {
            byte[] flipped = [.. frame];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Rewrite(flipped) is { } read && !Rewrite(read).AsSpan().SequenceEqual(read))
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void Arbitrary_bytes_are_refused_or_harmless() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Rewrite([0x92, .. bytes]) is null or { Length: > 0 }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("92 03 c6ffffffff")]
    [InlineData("92 ff 90")]
    [InlineData("92 80 90")]
    [InlineData("91 03")]
    [InlineData("92 03 dcffff")]
    [InlineData("ddffffffff 03 90")]
    public void What_is_malformed_is_refused(string hex) => Assert.False(Frame.TryRead(WireText.ParseHex(hex), out _, out _));

    [Fact]
    public void What_a_later_version_adds_is_passed_over()
    {
        Assert.True(Frame.TryRead(WireText.ParseHex("93 03 9101 c0"), out MessageKind kind, out ReadOnlySpan<byte> body));
        Assert.Equal((MessageKind.FindValue, 2), (kind, body.Length));
    }

    [Fact]
    public void A_value_of_a_byte_too_many_is_refused_and_in_datagrams_every_large_one()
    {
        Record tooLong = new((RecordFields.Of(Largest) with { Value = new byte[Record.MaxValueLength + 1] }).View);
        Assert.Null(Rewrite(Frame.Write(new StoreRequest(StorePurpose.Put, tooLong.View, 1)).ToArray()));
        Frame.TryRead(Frame.Write(new StoreRequest(StorePurpose.Put, Largest.View, 1)).Span, out _, out ReadOnlySpan<byte> body);
        Assert.True(Frame.TryRead(body, out StoreRequest _));
        Assert.False(Codec.TryRead(body, out StoreRequest _));
    }

    [Fact]
    public void A_datagram_tells_of_a_large_record_and_leaves_it_out()
    {
        Record large = new((RecordFields.Of(Largest) with { Value = new byte[Record.MaxDatagramValueLength + 1] }).View);
        Span<byte> buffer = new byte[Codec.MaxMessageLength];
        Envelope found = new WireSamples(1).Envelope(MessageKind.FindValue | MessageKind.Reply);
        int length = WireSamples.Codec.Write(buffer, found, new FindValueReply(new RecordList([large]), 1, 7, [], more: false));
        WireSamples.Codec.TryReadEnvelope(buffer[..length], out _, out ReadOnlySpan<byte> body);
        Assert.True(Codec.TryRead(body, new DecodeScratch(), out FindValueReply reply));
        Assert.Equal((0, 1, 7), (reply.Records.Count, reply.Held, reply.NewestSequence));

        Envelope stored = new WireSamples(1).Envelope(MessageKind.Store | MessageKind.Reply);
        length = WireSamples.Codec.Write(buffer, stored, new StoreReply(StoreOutcome.Older, 1, large.View));
        WireSamples.Codec.TryReadEnvelope(buffer[..length], out _, out body);
        Assert.True(Codec.TryRead(body, out StoreReply answer) && answer.Newer.IsNone);
    }

    [Fact]
    public void The_budget_of_the_specification_is_the_worst_case_of_every_frame()
    {
        FindValueRequest request = new(new RecordKey(RecordKind.Open, Id), int.MaxValue, IsWide: true);
        FindValueReply reply = new(new RecordList([Largest]), int.MaxValue, long.MaxValue, [], more: false);
        (string, int)[] lengths =
        [
            ("find_value", Frame.Write(request).Length),
            ("find_value reply", Frame.Write(reply).Length),
            ("store", Frame.Write(new StoreRequest(StorePurpose.Cache, Largest.View, long.MaxValue)).Length),
            ("store reply", Frame.Write(new StoreReply(StoreOutcome.Refused, RecordFormat.MaxSeconds, Largest.View)).Length),
            ("unsupported", Frame.WriteUnsupported().Length),
        ];
        string[] budget = WireText.ReadRepositoryFile("src/Kademlia/Wire/PROTOCOL.md");
        Assert.All(lengths, frame => Assert.Contains(budget, line => line.StartsWith($"| {frame.Item1}, in a frame | {frame.Item2} |", StringComparison.Ordinal)));
        Assert.All(lengths, frame => Assert.InRange(frame.Item2, 1, Frame.MaxLength));
    }

    private static void ForAll(Func<byte[], bool> holds) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => holds(new WireSamples(seed).Frame())).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    /// <summary>The canonical form of what a frame says; null when it is refused.</summary>
    private static byte[]? Rewrite(byte[] frame)
    {
        if (!Frame.TryRead(frame, out MessageKind kind, out ReadOnlySpan<byte> body))
        {
            return null;
        }

        ReadOnlyMemory<byte> written = kind switch
        {
            MessageKind.FindValue when Codec.TryRead(body, out FindValueRequest request) => Frame.Write(request),
            MessageKind.FindValue | MessageKind.Reply when Frame.TryRead(body, new DecodeScratch(), out FindValueReply reply) => Frame.Write(reply),
            MessageKind.Store when Frame.TryRead(body, out StoreRequest request) => Frame.Write(request),
            MessageKind.Store | MessageKind.Reply when Frame.TryRead(body, out StoreReply reply) => Frame.Write(reply),
            MessageKind.Unsupported => Frame.WriteUnsupported(),
            _ => default,
        };
        return written.IsEmpty ? null : written.ToArray();
    }
}
