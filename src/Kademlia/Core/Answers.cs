using System.Runtime.CompilerServices;
using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Answers others' requests.</summary>
/// <remarks>
/// A reply is never longer than its request, unless the request carried a valid token. Pings and questions are answered in the
/// turn that brings them, without allocation; stores, proofs and talk when their effect is done. A request that cannot be
/// answered within its length gets a retry: a fresh token and nothing else. A kind of a later version is answered too, that we live.
/// </remarks>
internal sealed class Answers(NodeCore core)
{
    /// <summary>So many times as many contacts are looked at as may be told.</summary>
    private const int Candidates = 2;

    private readonly byte[] _reply = new byte[Codec.MaxMessageLength];
    private readonly Contact[] _closest = new Contact[(Candidates + 1) * Math.Max(core.Options.BucketSize, Codec.MaxContactsWithRecords)];
    private readonly Record[] _records = new Record[Codec.MaxRecords];

    /// <summary>Takes in a request of <paramref name="length"/> bytes.</summary>
    public void OnRequest(in Envelope envelope, ReadOnlySpan<byte> body, int length, PeerEndPoint from)
    {
        if (core.OverlayOf(from) is { Serves: false })
        {
            core.Counters.Drop(DropReason.NotServing);
            return;
        }

        bool proven = core.Tokens.IsValid(envelope.Token, from, envelope.Sender, core.Now, out AddressToken fresh);
        IncomingRequest request = new(envelope, from, proven, proven ? Codec.MaxMessageLength : length, fresh);
        if (!core.Limits.TryAdmit(from, envelope.Kind, proven, core.Now))
        {
            core.Counters.Drop(DropReason.Limited);
            return;
        }

        if (!TryAnswer(request, body))
        {
            core.Counters.Drop(DropReason.Malformed);
            return;
        }

        core.Counters.Accepted++;
        if (proven)
        {
            core.Newcomers.OnProvenAddress(envelope, from);
        }
    }

    /// <summary>Answers a store when its verdict is known.</summary>
    public void ReplyStore(in IncomingRequest request, StoreOutcome outcome, Record? newer)
    {
        core.Counters.AnswerStore(outcome);
        StoreReply reply = new(outcome, core.WallSeconds, newer is null ? default : newer.View);
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), reply));
    }

    /// <summary>Answers a challenge when the signature is made.</summary>
    public void ReplyProof(in IncomingRequest request, ProofStatus status, ReadOnlySpan<byte> signature)
    {
        ProveReply reply = status == ProofStatus.Signed
            ? new(status, core.Identity.Algorithm, core.Identity.PublicKey.Span, signature)
            : new(status, default, default, default);
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), reply));
    }

    /// <summary>Answers an application's message.</summary>
    public void ReplyTalk(in IncomingRequest request, TalkStatus status, ReadOnlySpan<byte> answer) =>
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), new TalkReply(status, answer)));

    /// <summary>Answers a comparison.</summary>
    public void ReplyDigest(in IncomingRequest request, in DigestReply reply) =>
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), reply));

    /// <summary>Answers whether somebody was dialled.</summary>
    public void ReplyProbe(in IncomingRequest request, bool dialled) =>
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), new ProbeReply(dialled)));

    /// <summary>Answers a subscription, and tells of a change of what was subscribed to.</summary>
    public void ReplySubscribe(in IncomingRequest request, in SubscribeReply reply) =>
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), reply));

    private static bool NeedsToken(MessageKind kind) => kind
        is MessageKind.Store or MessageKind.Prove or MessageKind.Talk or MessageKind.Digest or MessageKind.Subscribe or MessageKind.Probe;

    /// <summary>Answers, now or later; false when the body is malformed.</summary>
    private bool TryAnswer(in IncomingRequest request, ReadOnlySpan<byte> body)
    {
        if (NeedsToken(request.Envelope.Kind) && !request.IsProven)
        {
            Send(request, length: 0);
            return true;
        }

        switch (request.Envelope.Kind)
        {
            case MessageKind.Ping:
                Send(request, core.Codec.WritePingReply(Room(request), EnvelopeFor(request)));
                return true;
            case MessageKind.FindNode:
                return Codec.TryRead(body, out FindNodeRequest find) && AnswerFindNode(request, find);
            case MessageKind.FindValue:
                return Codec.TryRead(body, out FindValueRequest value) && AnswerFindValue(request, value);
            case MessageKind.Store:
                return Codec.TryRead(body, out StoreRequest store) && core.Holding.OnStore(request, store);
            case MessageKind.Prove:
                return Codec.TryRead(body, out ProveRequest prove) && core.Newcomers.OnChallenge(request, prove);
            case MessageKind.Talk:
                return Codec.TryRead(body, out TalkRequest talk) && core.Talking.OnTalk(request, talk);
            case MessageKind.Digest:
                return Codec.TryRead(body, out DigestRequest digest) && core.Replication.OnDigest(request, digest);
            case MessageKind.Subscribe:
                return Codec.TryRead(body, out SubscribeRequest subscribe) && core.Subscribers.OnSubscribe(request, subscribe.Key);
            case MessageKind.Probe:
                return Codec.TryRead(body, out ProbeRequest probe) && core.DialBack.OnProbe(request, probe);
            default:
                Send(request, core.Codec.WriteUnsupported(Room(request), EnvelopeFor(request, MessageKind.Unsupported)));
                return true;
        }
    }

    /// <summary>A reply fills at most this; a shorter request without a token gets a shorter reply.</summary>
    private Span<byte> Room(in IncomingRequest request) => _reply.AsSpan(0, request.MaxReplyLength);

    private Envelope EnvelopeFor(in IncomingRequest request) => EnvelopeFor(request, request.Envelope.Kind | MessageKind.Reply);

    private Envelope EnvelopeFor(in IncomingRequest request, MessageKind kind) => core.MakeEnvelope(
        request.From,
        kind,
        request.Envelope.Transaction,
        request.Fresh,
        request.From);

    /// <summary>Sends what was written; what did not fit, or needs a token, becomes a retry.</summary>
    private void Send(in IncomingRequest request, int length)
    {
        int sent = length > 0 ? length : core.Codec.WriteRetry(Room(request), EnvelopeFor(request, MessageKind.Retry));
        core.SendDatagram(_reply.AsSpan(0, sent), request.From, Purpose.Answers);
    }

    private bool AnswerFindNode(in IncomingRequest request, in FindNodeRequest find)
    {
        int count = FindClosest(find.Target, request, find.Want, core.Options.BucketSize);
        int unknown = find.Known.IsEmpty ? count : ContactMarks.LeaveOut(find.Known, request.Envelope.Transaction, _closest.AsSpan(0, count));
        FindNodeReply reply = new(_closest.AsSpan(0, unknown), more: false);
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), reply));
        return true;
    }

    private bool AnswerFindValue(in IncomingRequest request, in FindValueRequest value)
    {
        int records = core.Holding.Read(value.Key, value.Cursor, _records, out int held, out long newest);
        int most = value.IsWide ? Codec.MaxContactsWithRecords : Codec.FewContacts;
        int contacts = FindClosest(value.Key.Hash, request, AddressFamilies.None, most);
        FindValueReply reply = new(
            new RecordList(_records.AsSpan(0, records)), held, newest, _closest.AsSpan(0, contacts), more: false)
        {
            IsDisplaced = held > 0 && core.OverlayOf(request.From)?.IsDisplaced(value.Key.Hash) == true,
        };
        Send(request, core.Codec.Write(Room(request), EnvelopeFor(request), reply));
        _records.AsSpan(0, records).Clear();
        return true;
    }

    /// <summary>The closest of the families wanted, that the asker may be told of, without the asker.</summary>
    /// <returns>How many stand at the beginning of the buffer, the closest first.</returns>
    private int FindClosest(NodeId target, in IncomingRequest request, AddressFamilies want, int most)
    {
        int count = 0;
        foreach (Overlay overlay in core.Overlays)
        {
            AddressFamilies family = overlay.IsIPv4 ? AddressFamilies.IPv4 : AddressFamilies.IPv6;
            if ((want & family) != 0 || (want == AddressFamilies.None && overlay.IsIPv4 == request.From.IsIPv4))
            {
                count += FindClosest(overlay.Table, target, request, _closest.AsSpan(count), most);
            }
        }

        if (want is not (AddressFamilies.None or AddressFamilies.IPv4 or AddressFamilies.IPv6))
        {
            _closest.AsSpan(0, count).Sort(new ByDistance(target));
        }

        return Math.Min(count, most);
    }

    /// <summary>Of the table's closest, those that the asker may be told of; more are looked at when some were withheld.</summary>
    private static int FindClosest(RoutingTable table, NodeId target, in IncomingRequest request, Span<Contact> destination, int most)
    {
        int found = table.FindClosest(target, destination[..most]);
        int kept = Withhold(request, destination[..found]);
        if (kept == most || found < most)
        {
            return kept;
        }

        found = table.FindClosest(target, destination[..(Candidates * most)]);
        return Math.Min(Withhold(request, destination[..found]), most);
    }

    /// <summary>Moves what the asker may be told of to the front. A loop of its own in the compiled code too, where it has registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Withhold(in IncomingRequest request, Span<Contact> contacts)
    {
        AddressScope scope = request.From.Scope;
        NodeId asker = request.Envelope.Sender;
        int kept = 0;
        for (int i = 0; i < contacts.Length; i++)
        {
            ref readonly Contact contact = ref contacts[i];
            if (contact.Id == asker || !ReferralScope.MayTell(contact.EndPoint, scope))
            {
                continue;
            }

            if (kept < i)
            {
                contacts[kept] = contact;
            }

            kept++;
        }

        return kept;
    }

    private readonly struct ByDistance(NodeId target) : IComparer<Contact>
    {
        public int Compare(Contact x, Contact y) => (x.Id ^ target).CompareTo(y.Id ^ target);
    }
}
