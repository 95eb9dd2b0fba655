using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>A request that sequential work awaits.</summary>
/// <typeparam name="T">What is kept of the reply: its bytes are gone when the work resumes.</typeparam>
internal abstract class AwaitedRequest<T> : PendingRequest
{
    private readonly CorePromise<T?> _promise;
    private LinkedListNode<Action>? _registration;

    protected AwaitedRequest(NodeCore core, Contact contact, MessageKind kind, CancelScope scope)
        : base(contact, kind)
    {
        _promise = new CorePromise<T?>(core.Ready);
        Scope = scope;
        Core = core;
        Purpose = scope.Purpose;
    }

    protected NodeCore Core { get; }

    protected CancelScope Scope { get; }

    /// <summary>Sends the request; the result is the default value when no reply comes.</summary>
    public CorePromise<T?> Send()
    {
        _registration = Scope.Add(() => Core.Requests.Cancel(this));
        Core.Requests.Send(this);
        return _promise;
    }

    public sealed override void OnReply(in Envelope envelope, ReadOnlySpan<byte> body) => End(Read(envelope, body));

    public sealed override void OnFailure(RequestFailure failure) =>
        End(failure == RequestFailure.Unsupported ? Unsupported() : default);

    public sealed override void OnCancelled() => _promise.Break(new OperationCanceledException());

    /// <summary>Copies what is kept of the reply; the default value when it cannot be read.</summary>
    protected abstract T? Read(in Envelope envelope, ReadOnlySpan<byte> body);

    /// <summary>What it means that the other node does not know this kind of request.</summary>
    protected virtual T? Unsupported() => default;

    private void End(T? result)
    {
        Scope.Remove(_registration!);
        _promise.Keep(result);
    }
}

/// <summary>Who and where one is, as a reply tells.</summary>
internal sealed record Pong(Contact Contact, PeerEndPoint Observed, TimeSpan RoundTrip);

/// <summary>Are you there?</summary>
internal sealed class PingOut(NodeCore core, Contact contact, CancelScope scope)
    : AwaitedRequest<Pong>(core, contact, MessageKind.Ping, scope)
{
    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength) =>
        Core.Codec.WritePing(destination, envelope, paddedLength);

    protected override Pong Read(in Envelope envelope, ReadOnlySpan<byte> body) =>
        new(new Contact(envelope.Sender, Contact.EndPoint), envelope.Observed, Core.Now - FirstSent);
}

/// <summary>The proof of an id, still to be verified.</summary>
internal sealed record Proof(ProofStatus Status, SignatureAlgorithm Algorithm, byte[] PublicKey, byte[] Signature, NodeId Sender);

/// <summary>Prove that your id is yours.</summary>
internal sealed class ProveOut(NodeCore core, Contact contact, byte[] nonce, CancelScope scope)
    : AwaitedRequest<Proof>(core, contact, MessageKind.Prove, scope)
{
    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength)
    {
        bool isOfUse = !envelope.Token.IsNone && envelope.Flags == SenderFlags.None;
        AddressToken token = isOfUse ? Core.Tokens.Issue(Contact.EndPoint, Contact.Id, Core.Now) : AddressToken.None;
        return Core.Codec.Write(destination, envelope, new ProveRequest(nonce, Contact.EndPoint, token), paddedLength);
    }

    protected override Proof? Read(in Envelope envelope, ReadOnlySpan<byte> body) =>
        Codec.TryRead(body, out ProveReply reply)
            ? new(reply.Status, reply.Algorithm, reply.PublicKey.ToArray(), reply.Signature.ToArray(), envelope.Sender)
            : null;
}

/// <summary>What a holder said of a store, with the record that it holds instead, still to be verified.</summary>
internal sealed record StoreAnswer(StoreOutcome Outcome, long ClockSeconds, Record? Newer);

/// <summary>Keep this record. A large one goes over a stream instead: begin with <see cref="StoreAsync"/>.</summary>
internal sealed class StoreOut(NodeCore core, Contact contact, Record record, StorePurpose purpose, long expectedSequence, CancelScope scope)
    : AwaitedRequest<StoreAnswer>(core, contact, MessageKind.Store, scope)
{
    /// <summary>Sends it in whatever way it fits; null when no answer comes.</summary>
    public async CoreTask<StoreAnswer?> StoreAsync() => record.IsLarge
        ? await Core.LargeRecords.StoreAsync(Contact, record, purpose, expectedSequence, Scope)
        : await Send();

    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength) =>
        Core.Codec.Write(destination, envelope, new StoreRequest(purpose, record.View, expectedSequence), paddedLength);

    protected override StoreAnswer? Read(in Envelope envelope, ReadOnlySpan<byte> body) =>
        Codec.TryRead(body, out StoreReply reply)
            ? new(reply.Outcome, reply.ClockSeconds, reply.Newer.IsNone ? null : new Record(reply.Newer))
            : null;

    /// <summary>It lives and keeps no records: no later try will change that. Its clock is not known, so no skew shows.</summary>
    protected override StoreAnswer Unsupported() => new(StoreOutcome.Refused, Core.WallSeconds, Newer: null);
}

/// <summary>An application's answer.</summary>
internal sealed record TalkAnswer(TalkStatus Status, byte[] Payload, Contact From);

/// <summary>A message of the application.</summary>
internal sealed class TalkOut(NodeCore core, Contact contact, byte[] protocol, byte[] payload, CancelScope scope)
    : AwaitedRequest<TalkAnswer>(core, contact, MessageKind.Talk, scope)
{
    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength) =>
        Core.Codec.Write(destination, envelope, new TalkRequest(protocol, payload), paddedLength);

    protected override TalkAnswer? Read(in Envelope envelope, ReadOnlySpan<byte> body) =>
        Codec.TryRead(body, out TalkReply reply)
            ? new(reply.Status, reply.Payload.ToArray(), new Contact(envelope.Sender, Contact.EndPoint))
            : null;
}

/// <summary>Have me dialled, or dial somebody for me; whether that was done.</summary>
internal sealed class ProbeOut(NodeCore core, Contact contact, ProbeRequest probe, CancelScope scope)
    : AwaitedRequest<bool>(core, contact, MessageKind.Probe, scope)
{
    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength) =>
        Core.Codec.Write(destination, envelope, probe, paddedLength);

    protected override bool Read(in Envelope envelope, ReadOnlySpan<byte> body) =>
        Codec.TryRead(body, out ProbeReply reply) && reply.Dialled;
}

/// <summary>What a holder answered to a subscription, and where it will tell of changes.</summary>
/// <param name="Transaction">Under which it tells.</param>
/// <param name="Reply">What it answered; null when it does not know subscriptions.</param>
internal sealed record SubscribeAnswer(ulong Transaction, SubscribeReply? Reply);

/// <summary>Tell me when this changes.</summary>
internal sealed class SubscribeOut(NodeCore core, Contact contact, RecordKey key, CancelScope scope)
    : AwaitedRequest<SubscribeAnswer>(core, contact, MessageKind.Subscribe, scope)
{
    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength) =>
        Core.Codec.Write(destination, envelope, new SubscribeRequest(key), paddedLength);

    protected override SubscribeAnswer? Read(in Envelope envelope, ReadOnlySpan<byte> body) =>
        Codec.TryRead(body, out SubscribeReply reply) ? new(envelope.Transaction, reply) : null;

    protected override SubscribeAnswer Unsupported() => new(Transaction, Reply: null);
}

/// <summary>How much of what a holder says to hold it gave.</summary>
/// <param name="Count">So many records came.</param>
/// <param name="Held">So many it says to hold.</param>
/// <param name="IsNews">Whether any of them had not come before.</param>
internal sealed record ValuePage(int Count, int Held, bool IsNews);

/// <summary>What do you hold, from here on? Gives the records to a collector.</summary>
internal sealed class FindValueOut(NodeCore core, Contact contact, RecordCollector collector, int cursor, CancelScope scope)
    : AwaitedRequest<ValuePage>(core, contact, MessageKind.FindValue, scope)
{
    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength) =>
        Core.Codec.Write(destination, envelope, new FindValueRequest(collector.Key, cursor), paddedLength);

    protected override ValuePage? Read(in Envelope envelope, ReadOnlySpan<byte> body)
    {
        if (!Codec.TryRead(body, Core.Scratch, out FindValueReply reply))
        {
            return null;
        }

        bool isNews = false;
        for (int i = 0; i < reply.Records.Count; i++)
        {
            isNews |= collector.Offer(reply.Records[i], envelope.Sender);
        }

        return new ValuePage(reply.Records.Count, reply.Held, isNews);
    }
}

/// <summary>How another holder compares.</summary>
/// <param name="Same">Whether there is nothing to offer.</param>
/// <param name="Wanted">Of an offer: a bit for each entry.</param>
/// <param name="Lacked">Of a sketch: a bit for each record. Null from whoever does not know sketches.</param>
internal sealed record DigestAnswer(bool Same, byte[] Wanted, byte[]? Lacked = null);

/// <summary>What is told of what we both should hold.</summary>
internal enum DigestForm
{
    /// <summary>How much it is, and a sum.</summary>
    Summary,

    /// <summary>Four bytes of each record.</summary>
    Sketch,

    /// <summary>The entries of some.</summary>
    Offer,
}

/// <summary>Compare what we both should hold.</summary>
internal sealed class DigestOut(NodeCore core, Contact contact, IReadOnlyList<DigestEntry> entries, DigestForm form, CancelScope scope)
    : AwaitedRequest<DigestAnswer>(core, contact, MessageKind.Digest, scope)
{
    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength)
    {
        Span<byte> bytes = stackalloc byte[DigestRequest.MaxEntries * DigestEntry.Length];
        DigestRequest request = form switch
        {
            DigestForm.Summary => new(entries.Count, Digests.Sum(entries, envelope.Transaction), []) { KnowsSketches = true },
            DigestForm.Sketch => new(0, 0, [], Digests.Sketch(entries, envelope.Transaction, bytes)),
            _ => new(0, 0, Digests.Write(entries, bytes)),
        };
        return Core.Codec.Write(destination, envelope, request, paddedLength);
    }

    protected override DigestAnswer? Read(in Envelope envelope, ReadOnlySpan<byte> body) =>
        Codec.TryRead(body, out DigestReply reply)
            ? new(reply.Same, reply.Wanted.ToArray(), reply.KnowsSketches ? reply.Lacked.ToArray() : null)
            : null;

    /// <summary>It lives and compares nothing.</summary>
    protected override DigestAnswer Unsupported() => new(Same: true, []);
}
