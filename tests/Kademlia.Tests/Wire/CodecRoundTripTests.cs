using FsCheck;
using FsCheck.Fluent;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>What is written is what is read (property 13).</summary>
public class CodecRoundTripTests
{
    private static readonly Codec Codec = WireSamples.Codec;
    private readonly byte[] _buffer = new byte[Codec.MaxMessageLength];
    private readonly DecodeScratch _scratch = new();

    [Fact]
    public void Every_canonical_datagram_is_written_again_as_it_was() => ForAll((samples, kind) =>
    {
        byte[] datagram = samples.Datagram(kind);
        return Rewriter.Rewrite(datagram).SequenceEqual(datagram);
    });

    [Fact]
    public void Every_envelope_is_read_as_written() => ForAll((samples, kind) =>
    {
        Envelope envelope = samples.Envelope(MessageKind.Ping | (kind & MessageKind.Reply));
        int length = envelope.IsReply ? Codec.WritePingReply(_buffer, envelope) : Codec.WritePing(_buffer, envelope, 0);
        return Open(length, out Envelope read).SequenceEqual<byte>([0x90]) && read == envelope;
    });

    [Fact]
    public void FindNode_is_read_as_written() => ForAll((samples, _) =>
    {
        byte[] known = samples.Exactly(FindNodeRequest.MarkLength * samples.Contacts(Codec.MaxMarks).Length);
        FindNodeRequest request = new(samples.Id(), (AddressFamilies)samples.Number(3), known);
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.FindNode), request, 0), out Envelope _);
        return Codec.TryRead(body, out FindNodeRequest read) && read.Target == request.Target && read.Want == request.Want && read.Known.SequenceEqual(known);
    });

    [Fact]
    public void FindNodeReply_is_read_as_written_with_IPv4_first() => ForAll((samples, _) =>
    {
        Contact[] contacts = samples.Contacts(20);
        bool more = samples.Coin();
        Envelope envelope = samples.Envelope(MessageKind.FindNode | MessageKind.Reply);
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, envelope, new FindNodeReply(contacts, more)), out Envelope _);
        return Codec.TryRead(body, _scratch, out FindNodeReply read)
            && read.More == more
            && read.Contacts.SequenceEqual(contacts.OrderBy(contact => !contact.EndPoint.IsIPv4).ToArray());
    });

    [Fact]
    public void FindValue_is_read_as_written() => ForAll((samples, _) =>
    {
        FindValueRequest request = new(samples.Record().Key, (int)samples.Number(int.MaxValue));
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.FindValue), request, 0), out Envelope _);
        return Codec.TryRead(body, out FindValueRequest read) && read == request;
    });

    [Fact]
    public void FindValueReply_is_read_as_written() => ForAll((samples, _) =>
    {
        Record record = samples.Record(100);
        Contact[] contacts = [.. samples.Contacts(8).OrderBy(contact => !contact.EndPoint.IsIPv4)];
        FindValueReply reply = new(
            new RecordList([record]), (int)samples.Number(int.MaxValue), samples.Number(long.MaxValue), contacts, samples.Coin())
        {
            IsDisplaced = samples.Coin(),
        };
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.FindValue | MessageKind.Reply), reply), out Envelope _);
        return Codec.TryRead(body, _scratch, out FindValueReply read)
            && read.Held == reply.Held
            && read.NewestSequence == reply.NewestSequence
            && read.More == reply.More
            && read.IsDisplaced == reply.IsDisplaced
            && read.Contacts.SequenceEqual(contacts)
            && read.Records.Count == 1
            && AreSame(read.Records[0], record.View);
    });

    [Fact]
    public void Store_is_read_as_written() => ForAll((samples, _) =>
    {
        Record record = samples.Record();
        StoreRequest request = new((StorePurpose)samples.Number(2), record.View, samples.Number(long.MaxValue) - 1);
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Store), request, 0), out Envelope _);
        return Codec.TryRead(body, out StoreRequest read)
            && read.Purpose == request.Purpose
            && read.ExpectedSequence == request.ExpectedSequence
            && AreSame(read.Record, record.View);
    });

    [Fact]
    public void StoreReply_is_read_as_written() => ForAll((samples, _) =>
    {
        Record record = samples.Record();
        StoreReply reply = new((StoreOutcome)samples.Number(4), samples.Number(RecordFormat.MaxSeconds), samples.Coin() ? default : record.View);
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Store | MessageKind.Reply), reply), out Envelope _);
        return Codec.TryRead(body, out StoreReply read)
            && read.Outcome == reply.Outcome
            && read.ClockSeconds == reply.ClockSeconds
            && AreSame(read.Newer, reply.Newer);
    });

    [Fact]
    public void Prove_and_its_reply_are_read_as_written() => ForAll((samples, _) =>
    {
        ProveRequest request = new(samples.Exactly(ProveRequest.NonceLength), samples.EndPoint(), samples.Token());
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Prove), request, 0), out Envelope _);
        bool same = Codec.TryRead(body, out ProveRequest readRequest)
            && readRequest.Nonce.SequenceEqual(request.Nonce)
            && readRequest.Dialled == request.Dialled
            && readRequest.Token == request.Token;

        ProveReply reply = new(ProofStatus.Signed, SignatureAlgorithm.EcdsaP256, samples.Exactly(64), samples.Exactly(64));
        body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Prove | MessageKind.Reply), reply), out Envelope _);
        return same
            && Codec.TryRead(body, out ProveReply read)
            && read.Status == reply.Status
            && read.Algorithm == reply.Algorithm
            && read.PublicKey.SequenceEqual(reply.PublicKey)
            && read.Signature.SequenceEqual(reply.Signature);
    });

    [Fact]
    public void Probe_and_its_reply_are_read_as_written() => ForAll((samples, _) =>
    {
        ProbeRequest request = samples.Probe();
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Probe), request, 0), out Envelope _);
        bool same = Codec.TryRead(body, out ProbeRequest readRequest) && readRequest == request;
        ProbeReply reply = new(samples.Coin());
        body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Probe | MessageKind.Reply), reply), out Envelope _);
        return same && Codec.TryRead(body, out ProbeReply read) && read == reply;
    });

    [Fact]
    public void Subscribe_and_its_reply_are_read_as_written() => ForAll((samples, _) =>
    {
        SubscribeRequest request = new(samples.Record().Key);
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Subscribe), request, 0), out Envelope _);
        bool same = Codec.TryRead(body, out SubscribeRequest readRequest) && readRequest == request;
        SubscribeReply reply = samples.Subscribed();
        body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Subscribe | MessageKind.Reply), reply), out Envelope _);
        return same && Codec.TryRead(body, out SubscribeReply read) && read == reply;
    });

    [Fact]
    public void Digest_and_its_reply_are_read_as_written() => ForAll((samples, _) =>
    {
        DigestRequest request = samples.Digest();
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Digest), request, 0), out Envelope _);
        bool same = Codec.TryRead(body, out DigestRequest readRequest)
            && readRequest.Count == request.Count
            && readRequest.Sum == request.Sum
            && readRequest.Entries.SequenceEqual(request.Entries)
            && readRequest.KnowsSketches == (request.KnowsSketches || !request.Sketch.IsEmpty)
            && readRequest.Sketch.SequenceEqual(request.Sketch);

        DigestReply reply = samples.Compared();
        body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Digest | MessageKind.Reply), reply), out Envelope _);
        return same && Codec.TryRead(body, out DigestReply read) && read.Same == reply.Same && read.Wanted.SequenceEqual(reply.Wanted)
            && read.KnowsSketches == reply.KnowsSketches && read.Lacked.SequenceEqual(reply.Lacked);
    });

    [Fact]
    public void Talk_and_its_reply_are_read_as_written() => ForAll((samples, _) =>
    {
        TalkRequest request = new("grüße/1"u8, samples.Bytes(Codec.MaxTalkPayloadLength));
        ReadOnlySpan<byte> body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Talk), request, 0), out Envelope _);
        bool same = Codec.TryRead(body, out TalkRequest readRequest)
            && readRequest.Protocol.SequenceEqual(request.Protocol)
            && readRequest.Payload.SequenceEqual(request.Payload);

        TalkReply reply = new(TalkStatus.Answered, samples.Bytes(Codec.MaxTalkPayloadLength));
        body = Open(Codec.Write(_buffer, samples.Envelope(MessageKind.Talk | MessageKind.Reply), reply), out Envelope _);
        return same && Codec.TryRead(body, out TalkReply read) && read.Status == reply.Status && read.Payload.SequenceEqual(reply.Payload);
    });

    private static bool AreSame(in RecordView left, in RecordView right) =>
        left.Kind == right.Kind
        && left.Algorithm == right.Algorithm
        && left.PublicKey.SequenceEqual(right.PublicKey)
        && left.Salt.SequenceEqual(right.Salt)
        && left.Sequence == right.Sequence
        && left.IsTombstone == right.IsTombstone
        && left.ExpirySeconds == right.ExpirySeconds
        && left.Value.SequenceEqual(right.Value)
        && left.Signature.SequenceEqual(right.Signature);

    private static void ForAll(Func<WireSamples, MessageKind, bool> holds)
    {
        Gen<(int, MessageKind)> inputs = Gen.Choose(0, int.MaxValue).Zip(Gen.Elements(WireSamples.Kinds), (seed, kind) => (seed, kind));
        Prop.ForAll(inputs.ToArbitrary(), input => holds(new WireSamples(input.Item1), input.Item2)).QuickCheckThrowOnFailure();
    }

    private ReadOnlySpan<byte> Open(int length, out Envelope envelope)
    {
        Assert.NotEqual(0, length);
        Assert.Equal(DecodeOutcome.Ok, Codec.TryReadEnvelope(_buffer.AsSpan(0, length), out envelope, out ReadOnlySpan<byte> body));
        return body;
    }
}
