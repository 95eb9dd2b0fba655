using Kademlia.Identity;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>What a later version may add is ignored or dropped by its reason, never fatal (property 17).</summary>
public class CodecGrowthTests
{
    private static readonly Codec Codec = WireSamples.Codec;
    private static readonly RecordVerifier Verifier = new(EcdsaP256Scheme.Instance, network: 1);

    // [1, network, ping, transaction, sender, flags, token, observed, body] and 67 bytes of padding.
    private const string Header = "c4081ec789e4d63b5043";
    private const string Transaction = "c408a1a2a3a4a5a6a7a8";
    private const string Sender = "c420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string Padding = "c441 00*65";

    // A record of this version.
    private const string Content = "99 01 00 c400 c400 00 c2 01 c40107 c400";

    [Theory]
    [InlineData("9a 01 NET 01 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9c 01 NET 01 TX ID 00 c0 c0 90 PAD 81a17801 a3616263", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 01 NET 01 TX ID 00 c0 c0 93c0c301 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 01 NET 01 TX ID cdff02 c0 c0 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 01 NET 01 TX ID 00 c0 c0 90 d9ff 00*255", nameof(DecodeOutcome.Ok))]
    [InlineData("9a cc01 NET d001 TX ID 00 c0 c0 dc0000 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("dc000a 01 NET 01 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 02 NET 01 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.OtherVersion))]
    [InlineData("91 02", nameof(DecodeOutcome.OtherVersion))]
    [InlineData("93 00 c1 ff", nameof(DecodeOutcome.OtherVersion))]
    [InlineData("9a 01 c4080000000000000000 01 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.OtherNetwork))]
    [InlineData("9a 01 NET 00 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.OtherKind))]
    [InlineData("9a 01 NET 07 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 01 NET 08 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 01 NET 09 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 01 NET 3f TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("99 01 NET 07 TX ID 00 c0 c0 90", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 40 TX ID 00 c0 c406c00002011cf3 90 PAD", nameof(DecodeOutcome.OtherKind))]
    [InlineData("9a 01 NET 4a TX ID 00 c0 c406c00002011cf3 90 PAD", nameof(DecodeOutcome.OtherKind))]
    [InlineData("9a 01 NET 7d TX ID 00 c0 c406c00002011cf3 90 PAD", nameof(DecodeOutcome.OtherKind))]
    [InlineData("99 01 NET 7e TX ID 00 c0 c406c00002011cf3 90", nameof(DecodeOutcome.Ok))]
    [InlineData("99 01 NET 7f TX ID 00 c408 00*7 01 c406c00002011cf3 90", nameof(DecodeOutcome.Ok))]
    [InlineData("99 01 NET 7f TX ID 00 c408 00*8 c406c00002011cf3 90", nameof(DecodeOutcome.Malformed))]
    [InlineData("99 01 NET 7f TX ID 00 c0 c406c00002011cf3 90", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET cc81 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.OtherKind))]
    [InlineData("9a 01 NET cd0101 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.OtherKind))]
    [InlineData("9a 01 NET cf0000000100000001 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.OtherKind))]
    [InlineData("98 01 NET 01 TX ID 00 c0 c0", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET ff TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a ff NET 01 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 01 TX ID 00 c0 c406c00002011cf3 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 41 TX ID 00 c0 c0 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 41 TX ID 00 c0 c406c00002011cf3 90 PAD", nameof(DecodeOutcome.Ok))]
    [InlineData("9a 01 NET 41 TX ID 00 c0 c412 00*10 ffff c0000201 1cf3 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 41 TX ID 00 c0 c407c00002011cf300 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 01 TX ID 00 c400 c0 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 01 TX ID 00 a80000000000000000 c0 90 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 01 TX ID 00 c0 c0 c0 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9a 01 NET 01 TX ID 00 c0 c0 80 PAD", nameof(DecodeOutcome.Malformed))]
    [InlineData("9b 01 NET 01 TX ID 00 c0 c0 90 PAD 91919191919191919190", nameof(DecodeOutcome.Malformed))]
    [InlineData("9b 01 NET 01 TX ID 00 c0 c0 90 PAD 919191919191919190", nameof(DecodeOutcome.Ok))]
    [InlineData("9b 01 NET 01 TX ID 00 c0 c0 90 PAD dc01f1 c0*497", nameof(DecodeOutcome.Ok))]
    [InlineData("9b 01 NET 01 TX ID 00 c0 c0 90 PAD dc01f2 c0*498", nameof(DecodeOutcome.Malformed))]
    public void TryReadEnvelope_OfAVariant_IsDroppedByItsReason(string text, string expected)
    {
        DecodeOutcome outcome = Codec.TryReadEnvelope(Parse(text), out Envelope envelope, out _);
        Assert.Equal(expected, outcome.ToString());
        Assert.Equal(outcome == DecodeOutcome.Ok ? 0xa1a2a3a4a5a6a7a8 : 0, envelope.Transaction);
    }

    [Fact]
    public void TryReadEnvelope_UnknownFlags_KeepsTheKnown()
    {
        Codec.TryReadEnvelope(Parse("9a 01 NET 01 TX ID cfffffffffffffffff c0 c0 90 PAD"), out Envelope envelope, out _);
        Assert.Equal(SenderFlags.Client | SenderFlags.Leaving, envelope.Flags);
    }

    [Fact]
    public void TryReadEnvelope_ATokenOfZeros_IsNone()
    {
        Assert.Equal(DecodeOutcome.Ok, Codec.TryReadEnvelope(Parse("9a 01 NET 01 TX ID 00 c408 00*8 c0 90 PAD"), out Envelope envelope, out _));
        Assert.True(envelope.Token.IsNone);
    }

    [Theory]
    [InlineData("92 c420 00*32 03", true)]
    [InlineData("93 c420 00*32 03 c0", true)]
    [InlineData("92 c420 00*32 ccff", true)]
    [InlineData("93 c420 00*32 03 c400", true)]
    [InlineData("94 c420 00*32 03 c440 01*64 c0", true)]
    [InlineData("93 c420 00*32 03 c403 01*3", false)]
    [InlineData("93 c420 00*32 03 c442 01*66", false)]
    [InlineData("93 c420 00*32 03 03", false)]
    [InlineData("91 c420 00*32", false)]
    [InlineData("92 c41f 00*31 03", false)]
    [InlineData("92 d920 00*32 03", false)]
    [InlineData("92 c420 00*32 ff", false)]
    public void TryRead_FindNode_TakesWhatIsAddedAndRefusesWhatIsMissing(string body, bool valid)
    {
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out FindNodeRequest request));
        Assert.Equal(valid ? AddressFamilies.IPv4 | AddressFamilies.IPv6 : AddressFamilies.None, request.Want);
    }

    [Theory]
    [InlineData("93 01 c420 00*32 00", true, false)]
    [InlineData("94 01 c420 00*32 00 c3", true, true)]
    [InlineData("95 01 c420 00*32 00 c3 c0", true, true)]
    [InlineData("94 01 c420 00*32 00 01", false, false)]
    [InlineData("92 01 c420 00*32", false, false)]
    public void TryRead_FindValue_OfBeforeItCouldBeWide_IsNotWide(string body, bool valid, bool isWide)
    {
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out FindValueRequest request));
        Assert.Equal(isWide, request.IsWide);
    }

    [Theory]
    [InlineData("92 c408 00*8 c0", true)]
    [InlineData("92 c408 00*8 c406 c00002011cf3", true)]
    [InlineData("92 c408 00*8 c412 00*18", false)]
    [InlineData("92 c408 00*8 c3", false)]
    [InlineData("91 c408 00*8", false)]
    public void TryRead_Probe_RefusesAnAskerThatIsNone(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out ProbeRequest _));

    [Theory]
    [InlineData("93 01 c408 00*8 c400", true)]
    [InlineData("94 01 c408 00*8 c400 c0", true)]
    [InlineData("95 00 c408 00*8 c400 c404 01*4 c0", true)]
    [InlineData("94 00 c408 00*8 c400 c403 01*3", false)]
    [InlineData("94 00 c408 00*8 c400 c503c4 01*964", false)]
    [InlineData("94 00 c408 00*8 c400 01", false)]
    public void TryRead_Digest_RefusesASketchThatIsNone(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out DigestRequest _));

    [Theory]
    [InlineData("92 c2 c400", true, false)]
    [InlineData("93 c2 c400 c400", true, true)]
    [InlineData("94 c2 c400 c41e 01*30 c0", true, true)]
    [InlineData("93 c2 c400 c41f 01*31", false, false)]
    [InlineData("93 c2 c400 c0", true, false)]
    [InlineData("93 c2 c400 01", false, false)]
    public void TryRead_DigestReply_TellsWhoKnowsSketches(string body, bool valid, bool knows)
    {
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out DigestReply reply));
        Assert.Equal(knows, reply.KnowsSketches);
    }

    [Theory]
    [InlineData("93 c426 00*38 c432 01*50 c2", true)]
    [InlineData("94 c426 00*38 c432 01*50 c2 c0", true)]
    [InlineData("93 c427 00*39 c400 c2", false)]
    [InlineData("93 c400 c431 01*49 c2", false)]
    [InlineData("93 c400 c432 00*42 ffff 00*6 c2", false)]
    [InlineData("93 c400 c400 c0", false)]
    [InlineData("93 c50474 00*1140 c400 c2", false)]
    public void TryRead_FindNodeReply_RefusesBrokenContacts(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), new DecodeScratch(), out FindNodeReply _));

    [Theory]
    [InlineData("93 00 RECORD c0", true)]
    [InlineData("93 03 RECORD c0", true)]
    [InlineData("93 cd0100 RECORD c0", false)]
    [InlineData("93 00 c0 c0", false)]
    [InlineData("93 00 RECORD ff", false)]
    [InlineData("93 00 99 01 00 c400 c400 00 c2 00 c400 c400 c0", true)]
    [InlineData("93 00 99 01 01 c400 c400 00 c2 00 c400 c400 c0", false)]
    [InlineData("93 00 99 01 00 c400 c400 01 c2 00 c400 c400 c0", false)]
    [InlineData("93 00 99 01 00 c400 c400 00 c3 00 c400 c400 c0", false)]
    [InlineData("93 00 99 01 00 c400 c400 00 c2 00 c50301 00*769 c400 c0", false)]
    [InlineData("93 00 99 01 00 c400 c400 00 c2 cf0000001fffffffff c400 c400 c0", true)]
    [InlineData("93 00 99 01 00 c400 c400 00 c2 cf0000002000000000 c400 c400 c0", false)]
    [InlineData("93 00 99 00 00 c400 c400 00 c2 00 c400 c400 c0", false)]
    [InlineData("93 00 99 cd0100 00 c400 c400 00 c2 00 c400 c400 c0", false)]
    [InlineData("93 00 99 02 01 c43f 00*63 c400 01 c2 00 c400 c440 00*64 c0", false)]
    [InlineData("93 00 99 02 01 c440 00*64 c441 00*65 01 c2 00 c400 c440 00*64 c0", false)]
    [InlineData("93 00 99 02 01 c440 00*64 c400 01 c3 00 c40100 c440 00*64 c0", false)]
    [InlineData("93 00 99 02 00 c440 00*64 c400 01 c2 00 c400 c440 00*64 c0", false)]
    [InlineData("93 00 99 02 01 c440 00*64 c400 01 c2 00 c400 c400 c0", false)]
    [InlineData("93 00 9a 02 01 c440 00*64 c400 01 c2 00 c400 c440 00*64 81c0c0 c0", true)]
    public void TryRead_Store_RefusesARecordOfAnotherShape(string body, bool valid)
    {
        string record = "99 02 01 c440 00*64 c400 01 c3 00 c400 c440 00*64";
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body.Replace("RECORD", record, StringComparison.Ordinal)), out StoreRequest request));
        Assert.Equal(valid, !request.Record.IsNone);
    }

    [Theory]
    [InlineData("99 04 00 c400 c400 00 c2 00 c400 c400", true)]
    [InlineData("99 ccff ccff c440 00*64 c440 00*64 01 c3 01 c50300 00*768 c440 00*64", true)]
    [InlineData("99 02 02 c420 00*32 c400 01 c2 01 c40107 c420 00*32", true)]
    [InlineData("99 01 07 c400 c400 00 c2 00 c400 c400", true)]
    [InlineData("99 04 00 c441 00*65 c400 00 c2 00 c400 c400", false)]
    [InlineData("99 04 00 c400 c441 00*65 00 c2 00 c400 c400", false)]
    [InlineData("99 04 00 c400 c400 00 c2 00 c50301 00*769 c400", false)]
    [InlineData("99 04 00 c400 c400 00 c2 00 c400 c441 00*65", false)]
    [InlineData("99 04 00 c400 c400 00 c0 00 c400 c400", false)]
    [InlineData("98 04 00 c400 c400 00 c2 00 c400", false)]
    public void A_record_of_a_later_version_spoils_no_message_and_is_never_believed(string record, bool valid)
    {
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex($"93 00 {record} c0"), out StoreRequest store));
        Assert.Equal(valid, !store.Record.IsNone);
        Assert.NotEqual(RecordFault.None, Verifier.Examine(store.Record, nowSeconds: 0));

        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex($"93 01 00 {record}"), out StoreReply stored));
        Assert.True(stored.Newer.IsNone);

        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex($"96 92 {record} {Content} 02 00 c400 c400 c2"), new DecodeScratch(), out FindValueReply found));
        Assert.Equal(valid ? 2 : 0, found.Records.Count);
        for (int i = 0; i < found.Records.Count; i++)
        {
            Assert.Equal(i == 1 ? RecordFault.None : RecordFault.Malformed, Verifier.Examine(found.Records[i], nowSeconds: 0));
        }
    }

    [Theory]
    [InlineData("94 01 c420 00*32 00 c2", true)]
    [InlineData("94 04 c420 00*32 00 c3", true)]
    [InlineData("94 ccff c420 00*32 00 c2", true)]
    [InlineData("94 00 c420 00*32 00 c2", false)]
    [InlineData("94 cd0100 c420 00*32 00 c2", false)]
    public void TryRead_FindValueOfALaterKind_AsksForIt(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out FindValueRequest _));

    [Theory]
    [InlineData("96 90 02 00 c400 c400 c2", true, false)]
    [InlineData("97 90 02 00 c400 c400 c2 c2", true, false)]
    [InlineData("97 90 02 00 c400 c400 c2 c3", true, true)]
    [InlineData("98 90 02 00 c400 c400 c2 c3 c0", true, true)]
    [InlineData("97 90 02 00 c400 c400 c2 01", false, false)]
    [InlineData("95 90 02 00 c400 c400", false, false)]
    public void TryRead_FindValueReplyWithAndWithoutDisplaced_AbsentIsFalse(string body, bool valid, bool displaced)
    {
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), new DecodeScratch(), out FindValueReply reply));
        Assert.Equal(displaced, reply.IsDisplaced);
    }

    [Theory]
    [InlineData("92 c410 00*16 c406 c00002011cf3", true, 0)]
    [InlineData("93 c410 00*16 c406 c00002011cf3 c0", true, 0)]
    [InlineData("93 c410 00*16 c406 c00002011cf3 c408 0000000000000007", true, 7)]
    [InlineData("94 c410 00*16 c406 c00002011cf3 c408 0000000000000007 c3", true, 7)]
    [InlineData("93 c410 00*16 c406 c00002011cf3 c407 00000000000007", false, 0)]
    [InlineData("93 c410 00*16 c406 c00002011cf3 07", false, 0)]
    public void TryRead_ProveWithAndWithoutToken_AbsentIsNone(string body, bool valid, ulong token)
    {
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out ProveRequest request));
        Assert.Equal(token, request.Token.Value);
    }

    [Fact]
    public void A_number_of_a_later_version_means_what_is_nearest_to_it()
    {
        string content = $"93 ccff {Content} c0";
        Assert.True(Codec.TryRead(WireText.ParseHex(content), out StoreRequest store));
        Assert.Equal(StorePurpose.Put, store.Purpose);

        Assert.True(Codec.TryRead(WireText.ParseHex("93 05 00 c0"), out StoreReply stored));
        Assert.Equal(StoreOutcome.Refused, stored.Outcome);

        Assert.True(Codec.TryRead(WireText.ParseHex("94 03 07 c40107 c40107"), out ProveReply proof));
        Assert.Equal(ProofStatus.Busy, proof.Status);
        Assert.True(proof.PublicKey.IsEmpty && proof.Signature.IsEmpty);

        Assert.True(Codec.TryRead(WireText.ParseHex("92 04 c40107"), out TalkReply talk));
        Assert.Equal(TalkStatus.Failed, talk.Status);
        Assert.True(talk.Payload.IsEmpty);

        Assert.True(Codec.TryRead(WireText.ParseHex("93 03 c408 00*8 00"), out SubscribeReply subscribed));
        Assert.Equal(SubscribeStatus.Full, subscribed.Status);
    }

    [Theory]
    [InlineData("94 00 01 c440 00*64 c440 00*64", true)]
    [InlineData("94 00 00 c440 00*64 c440 00*64", false)]
    [InlineData("94 00 01 c400 c440 00*64", false)]
    [InlineData("94 01 00 c400 c400", true)]
    [InlineData("94 01 00 c440 00*64 c440 00*64", false)]
    [InlineData("94 03 00 c400 c400", true)]
    [InlineData("94 cd0100 00 c400 c400", false)]
    public void TryRead_ProveReply_RefusesAStatusThatTheRestBelies(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out ProveReply _));

    [Theory]
    [InlineData("92 c408 00*8 c0", true)]
    [InlineData("93 c408 00*8 c406c00002011cf3 01", true)]
    [InlineData("91 c408 00*8", false)]
    [InlineData("92 c407 00*7 c0", false)]
    [InlineData("92 c408 00*8 00", false)]
    [InlineData("92 c408 00*8 c407 00*7", false)]
    public void TryRead_Probe_WantsANonceAndAnEndPointOrNil(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(Parse(body), out ProbeRequest _));

    [Theory]
    [InlineData("92 01 c420 00*32", true)]
    [InlineData("93 ccff c420 00*32 c0", true)]
    [InlineData("92 00 c420 00*32", false)]
    [InlineData("92 cd0100 c420 00*32", false)]
    [InlineData("92 01 c41f 00*31", false)]
    [InlineData("91 01", false)]
    public void TryRead_Subscribe_WantsAKindAndAKey(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out SubscribeRequest _));

    [Theory]
    [InlineData("93 00 c408 00*8 00", true)]
    [InlineData("94 02 c408 00*8 ce3fffffff c0", true)]
    [InlineData("93 02 c408 00*8 ce40000000", false)]
    [InlineData("93 00 c407 00*7 00", false)]
    [InlineData("93 cd0100 c408 00*8 00", false)]
    [InlineData("92 00 c408 00*8", false)]
    public void TryRead_SubscribeReply_WantsAStatusAStateAndACursor(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out SubscribeReply _));

    [Theory]
    [InlineData("92 a161 c400", true)]
    [InlineData("92 d940 61*64 c400", true)]
    [InlineData("92 d941 61*65 c400", false)]
    [InlineData("92 a0 c400", false)]
    [InlineData("92 a1ff c400", false)]
    [InlineData("92 a161 c50400 00*1024", true)]
    [InlineData("92 a161 c50401 00*1025", false)]
    [InlineData("92 c40161 c400", false)]
    public void TryRead_Talk_RefusesAnotherNameThanShortUtf8(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out TalkRequest _));

    [Theory]
    [InlineData("92 00 c40161", true)]
    [InlineData("92 01 c400", true)]
    [InlineData("92 01 c40161", false)]
    [InlineData("92 04 c400", true)]
    [InlineData("92 cd0100 c400", false)]
    [InlineData("92 04 c50401 00*1025", false)]
    public void TryRead_TalkReply_RefusesAnAnswerThatIsNone(string body, bool valid) =>
        Assert.Equal(valid, Codec.TryRead(WireText.ParseHex(body), out TalkReply _));

    private static byte[] Parse(string text) => WireText.ParseHex(text
        .Replace("NET", Header, StringComparison.Ordinal)
        .Replace("TX", Transaction, StringComparison.Ordinal)
        .Replace("ID", Sender, StringComparison.Ordinal)
        .Replace("PAD", Padding, StringComparison.Ordinal));
}
