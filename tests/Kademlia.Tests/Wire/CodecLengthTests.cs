using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>How long messages are: padding, cutting, and the byte budget of PROTOCOL.md (property 16, and 35 as far as it is the codec's).</summary>
public class CodecLengthTests
{
    private static readonly Codec Codec = WireSamples.Codec;
    private static readonly NodeId Id = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);
    private static readonly PeerEndPoint IPv6 = PeerEndPoint.Parse("[2001:db8::ffff]:65535");
    private static readonly PeerEndPoint IPv4 = PeerEndPoint.Parse("192.0.2.255:65535");

    private static readonly Record Largest = new(new RecordView(
        RecordKind.Open, SignatureAlgorithm.KeyedHash, new byte[64], new byte[64], long.MaxValue, false, RecordFormat.MaxSeconds,
        new byte[Record.MaxDatagramValueLength], new byte[64]));

    private readonly byte[] _buffer = new byte[2000];

    [Fact]
    public void Every_length_from_the_least_to_the_greatest_can_be_padded_to()
    {
        foreach (AddressToken token in (AddressToken[])[AddressToken.None, new AddressToken(1)])
        {
            for (int length = Codec.MinRequestLength; length <= Codec.MaxMessageLength; length++)
            {
                Envelope envelope = new(MessageKind.Ping, 1, Id, SenderFlags.None, token, default);
                Assert.Equal(length, Codec.WritePing(_buffer, envelope, length));
                Assert.Equal(DecodeOutcome.Ok, Codec.TryReadEnvelope(_buffer.AsSpan(0, length), out Envelope read, out _));
                Assert.Equal(envelope, read);
            }
        }
    }

    [Fact]
    public void A_request_that_lacks_one_byte_is_padded_with_nil()
    {
        for (int payload = 0; payload < 128; payload++)
        {
            TalkRequest request = new("p"u8, new byte[payload]);
            int bare = Codec.Write(_buffer, Request(MessageKind.Talk), request, 0);
            Assert.InRange(bare, Codec.MinRequestLength, Codec.MaxMessageLength);
            Assert.Equal(bare + 1, Codec.Write(_buffer, Request(MessageKind.Talk), request, bare + 1));
        }
    }

    [Fact]
    public void A_shorter_request_is_refused()
    {
        int length = Codec.WritePing(_buffer, Request(MessageKind.Ping) with { Token = default }, 0);
        Assert.Equal(Codec.MinRequestLength, length);
        byte[] shorter = [0x99, .. _buffer[1..61]];
        Assert.Equal(DecodeOutcome.Malformed, Codec.TryReadEnvelope(shorter, out _, out _));
    }

    [Fact]
    public void No_request_is_written_that_is_longer_than_a_message() =>
        Assert.Equal(0, Codec.WritePing(_buffer, Request(MessageKind.Ping), Codec.MaxMessageLength + 1));

    [Fact]
    public void A_reply_without_contacts_and_records_always_fits_the_shortest_request()
    {
        Span<byte> least = _buffer.AsSpan(0, Codec.MinRequestLength);
        Contact[] contacts = [.. Enumerable.Repeat(new Contact(Id, IPv6), 20)];
        Assert.NotEqual(0, Codec.WriteRetry(least, Reply(MessageKind.Retry)));
        Assert.NotEqual(0, Codec.WriteUnsupported(least, Reply(MessageKind.Unsupported)));
        Assert.NotEqual(0, Codec.WritePingReply(least, Reply(MessageKind.Ping)));
        Assert.NotEqual(0, Codec.Write(least, Reply(MessageKind.FindNode), new FindNodeReply(contacts, false)));
        FindValueReply value = new(new RecordList([Largest]), int.MaxValue, long.MaxValue, contacts, false) { IsDisplaced = true };
        Assert.NotEqual(0, Codec.Write(least, Reply(MessageKind.FindValue), value));
    }

    [Fact]
    public void A_cut_find_node_reply_holds_the_closest_that_fit_and_says_more() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            WireSamples samples = new(seed);
            Contact[] contacts = samples.Contacts(40);
            int room = (int)samples.Number(Codec.MaxMessageLength);
            int length = Codec.Write(_buffer.AsSpan(0, room), Reply(MessageKind.FindNode), new FindNodeReply(contacts, false));
            if (length == 0)
            {
                return room < 94;
            }

            DecodeScratch scratch = new();
            Codec.TryReadEnvelope(_buffer.AsSpan(0, length), out _, out ReadOnlySpan<byte> body);
            bool valid = Codec.TryRead(body, scratch, out FindNodeReply read);
            int count = read.Contacts.Length;
            bool isPrefix = read.Contacts.SequenceEqual(contacts.Take(count).OrderBy(contact => !contact.EndPoint.IsIPv4).ToArray());
            bool isFull = count == contacts.Length || count == Codec.MaxContacts || length + 52 > room;
            return valid && length <= room && isPrefix && isFull && read.More == count < contacts.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cut_find_value_reply_tells_what_is_held_and_gives_records_before_contacts() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            WireSamples samples = new(seed);
            Record[] records = [.. Enumerable.Range(0, 10).Select(_ => samples.Record(300))];
            Contact[] contacts = samples.Contacts(24);
            int room = (int)samples.Number(Codec.MaxMessageLength);
            FindValueReply reply = new(new RecordList(records), 1000, 2000, contacts, false);
            int length = Codec.Write(_buffer.AsSpan(0, room), Reply(MessageKind.FindValue), reply);
            if (length == 0)
            {
                return room < 109;
            }

            DecodeScratch scratch = new();
            Codec.TryReadEnvelope(_buffer.AsSpan(0, length), out _, out ReadOnlySpan<byte> body);
            bool valid = Codec.TryRead(body, scratch, out FindValueReply read);
            bool noMoreRecords = read.Records.Count == Codec.MaxRecords || length + RecordFormat.LengthOf(records[read.Records.Count].View) > room
                || !read.Contacts.IsEmpty;
            return valid && length <= room && read.Held == 1000 && read.NewestSequence == 2000 && noMoreRecords
                && read.More == read.Contacts.Length < contacts.Length
                && read.Contacts.Length <= Codec.MaxContactsWithRecords;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_budget_of_the_specification_is_the_worst_case_of_every_message()
    {
        Dictionary<string, int> budget = ReadBudget();
        Contact[] contacts = [.. Enumerable.Repeat(new Contact(Id, IPv6), 20)];
        int most = Codec.MaxMessageLength;
        RecordList one = new([Largest]);

        Check("ping", Codec.WritePing(_buffer, Request(MessageKind.Ping), 0));
        Check("ping reply", Codec.WritePingReply(_buffer, Reply(MessageKind.Ping)));
        Check("find_node", Codec.Write(_buffer, Request(MessageKind.FindNode), new FindNodeRequest(Id, AddressFamilies.IPv6), most));
        Check("find_node reply", Codec.Write(_buffer, Reply(MessageKind.FindNode), new FindNodeReply(contacts, true)));
        Check("find_value", Codec.Write(_buffer, Request(MessageKind.FindValue), new FindValueRequest(new(RecordKind.Open, Id), int.MaxValue), most));
        Check("find_value reply", Codec.Write(_buffer, Reply(MessageKind.FindValue), new FindValueReply(one, int.MaxValue, long.MaxValue, contacts, true) { IsDisplaced = true }));
        Check("find_value reply, nothing", Codec.Write(_buffer, Reply(MessageKind.FindValue), new FindValueReply(default, int.MaxValue, long.MaxValue, [], true) { IsDisplaced = true }));
        Check("store", Codec.Write(_buffer, Request(MessageKind.Store), new StoreRequest(StorePurpose.Cache, Largest.View, long.MaxValue), 0));
        Check("store reply", Codec.Write(_buffer, Reply(MessageKind.Store), new StoreReply(StoreOutcome.Refused, RecordFormat.MaxSeconds, Largest.View)));
        Check("prove", Codec.Write(_buffer, Request(MessageKind.Prove), new ProveRequest(new byte[16], IPv6, new AddressToken(ulong.MaxValue)), 0));
        Check("prove reply", Codec.Write(_buffer, Reply(MessageKind.Prove), new ProveReply(ProofStatus.Signed, SignatureAlgorithm.KeyedHash, new byte[64], new byte[64])));
        Check("talk", Codec.Write(_buffer, Request(MessageKind.Talk), new TalkRequest(new byte[TalkRequest.MaxProtocolLength], new byte[Codec.MaxTalkPayloadLength]), 0));
        Check("digest", Codec.Write(
            _buffer, Request(MessageKind.Digest), new DigestRequest(int.MaxValue, 0, new byte[DigestRequest.MaxEntries * DigestEntry.Length]), 0));
        Check("digest, a sketch", Codec.Write(
            _buffer, Request(MessageKind.Digest), new DigestRequest(0, 0, [], new byte[DigestRequest.MaxSketched * DigestRequest.SketchedLength]), 0));
        Check("subscribe", Codec.Write(_buffer, Request(MessageKind.Subscribe), new SubscribeRequest(new(RecordKind.Open, Id)), 0));
        Check("subscribe reply", Codec.Write(_buffer, Reply(MessageKind.Subscribe), new SubscribeReply(SubscribeStatus.Changed, ulong.MaxValue, SubscribeReply.MaxCursor)));
        Check("probe", Codec.Write(_buffer, Request(MessageKind.Probe), new ProbeRequest(1, PeerEndPoint.Parse("[2001:db8::1]:7411")), Codec.MinRequestLength));
        Check("probe reply", Codec.Write(_buffer, Reply(MessageKind.Probe), new ProbeReply(true)));
        Check("digest reply", Codec.Write(_buffer, Reply(MessageKind.Digest), new DigestReply(false, new byte[DigestReply.MaxWantedLength], [])));
        Check("digest reply, to a sketch", Codec.Write(_buffer, Reply(MessageKind.Digest), new DigestReply(false, [], new byte[DigestReply.MaxLackedLength])));
        Check("talk reply", Codec.Write(_buffer, Reply(MessageKind.Talk), new TalkReply(TalkStatus.Answered, new byte[Codec.MaxTalkPayloadLength])));
        Check("unsupported", Codec.WriteUnsupported(_buffer, Reply(MessageKind.Unsupported)));
        Check("retry", Codec.WriteRetry(_buffer, Reply(MessageKind.Retry)));
        Assert.Empty(budget);

        void Check(string message, int length)
        {
            Assert.True(budget.Remove(message, out int allowed), message);
            Assert.Equal((message, allowed), (message, length));
            Assert.InRange(length, 1, 1200 - Sealer.Overhead);
        }
    }

    [Fact]
    public void Twenty_contacts_are_as_long_as_askers_are_told_to_pad()
    {
        Contact[] contacts = [.. Enumerable.Repeat(new Contact(Id, IPv4), 20)];
        Envelope envelope = Reply(MessageKind.FindNode) with { Observed = IPv4 };
        Assert.Equal(843, Codec.Write(_buffer, envelope, new FindNodeReply(contacts, false)));
    }

    [Fact]
    public void A_message_holds_28_contacts()
    {
        foreach (PeerEndPoint endPoint in (PeerEndPoint[])[IPv4, IPv6])
        {
            Contact[] contacts = [.. Enumerable.Repeat(new Contact(Id, endPoint), Codec.MaxContacts)];
            Envelope envelope = Reply(MessageKind.FindNode) with { Observed = IPv4, Token = AddressToken.None };
            int length = Codec.Write(_buffer, envelope, new FindNodeReply(contacts, false));
            Codec.TryReadEnvelope(_buffer.AsSpan(0, length), out _, out ReadOnlySpan<byte> body);
            Assert.True(Codec.TryRead(body, new DecodeScratch(), out FindNodeReply read));
            Assert.Equal(endPoint.IsIPv4 ? 28 : 21, read.Contacts.Length);
        }
    }

    private static Envelope Request(MessageKind kind) => new(kind, ulong.MaxValue, Id, SenderFlags.Client, new AddressToken(ulong.MaxValue), default);

    private static Envelope Reply(MessageKind kind) => Request(kind | MessageKind.Reply) with { Observed = IPv6 };

    private static Dictionary<string, int> ReadBudget()
    {
        string[] lines = WireText.ReadRepositoryFile("src/Kademlia/Wire/PROTOCOL.md");
        Dictionary<string, int> budget = [];
        foreach (string line in lines.SkipWhile(line => !line.StartsWith("| message | bytes |", StringComparison.Ordinal)).Skip(2))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 5)
            {
                break;
            }

            int bytes = int.Parse(cells[2], CultureInfo.InvariantCulture);
            Assert.Equal(bytes + Sealer.Overhead, int.Parse(cells[3], CultureInfo.InvariantCulture));
            budget.Add(cells[1], bytes);
        }

        return budget;
    }
}
