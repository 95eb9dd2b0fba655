using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>The requests under way: sends them, repeats them, and gives each matched reply to the one that asked.</summary>
/// <remarks>
/// A reply matches by transaction, endpoint and kind, and counts only if its sender is the node that was asked.
/// Replies never pass a limiter: an attacker who floods us cannot silence the nodes that we ask.
/// </remarks>
internal sealed class Requests(NodeCore core)
{
    /// <summary>A walk of twenty thousand concurrent requests is not a walk.</summary>
    public const int MaxPending = 16384;

    private readonly Dictionary<ulong, PendingRequest> _pending = [];
    private readonly FirstTimeout _firstTimeout = new(core.Options.FirstTimeout);
    private readonly byte[] _buffer = new byte[Codec.MaxMessageLength];

    public int Count => _pending.Count;

    /// <summary>Sends a request for the first time. May fail it before this returns.</summary>
    public void Send(PendingRequest request)
    {
        request.Owner = this;
        PeerState peer = core.Peers.Get(request.Contact.EndPoint);
        if (_pending.Count >= MaxPending || !MaySend(request, peer))
        {
            core.Counters.RequestsNotSent++;
            request.OnFailure(RequestFailure.NotSent);
            return;
        }

        do
        {
            request.Transaction = core.NextTransaction();
        }
        while (!_pending.TryAdd(request.Transaction, request));

        core.Counters.RequestsSent++;
        request.Start(core.Now, TimeoutsFor(peer), core.Options.RequestTimeout);
        Write(request, peer, peer.Token.IsNone ? request.FirstContactLength : Codec.MinRequestLength);
        core.Timers.Schedule(request, request.NextDue());
    }

    /// <summary>Gives a request up: no callback follows but <see cref="PendingRequest.OnCancelled"/>.</summary>
    public void Cancel(PendingRequest request)
    {
        if (Remove(request))
        {
            core.Counters.RequestsCancelled++;
            request.OnCancelled();
        }
    }

    /// <summary>Checks what must hold between any two turns.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    public void AssertInvariants()
    {
        Invariant.Require(Count <= MaxPending, "Requests under way are bounded.");
        foreach ((ulong transaction, PendingRequest request) in _pending)
        {
            Invariant.Require(request.Transaction == transaction, "A request stands under its transaction.");
            Invariant.Require(request.IsScheduled, "Every request under way will end.");
        }
    }

    /// <summary>Takes in a reply.</summary>
    public void OnReply(in Envelope envelope, ReadOnlySpan<byte> body, PeerEndPoint from)
    {
        if (!_pending.TryGetValue(envelope.Transaction, out PendingRequest? request)
            || request.Contact.EndPoint != from
            || !Answers(envelope.Kind, request.Kind))
        {
            OnUnmatched(envelope, body, from);
            return;
        }

        core.Counters.Accepted++;
        if (request.Contact.Id != default && request.Contact.Id != envelope.Sender)
        {
            core.OnIdChanged(from, envelope.Sender);
            Fail(request, RequestFailure.OtherId);
            return;
        }

        PeerState peer = core.Peers.Get(from);
        peer.OnReply(envelope.Sender, envelope.Token);
        if (IsPrompt(request, envelope.Kind, peer))
        {
            OnRoundTrip(peer, core.Now - request.FirstSent);
        }

        if (envelope.Kind == MessageKind.Retry)
        {
            Repeat(request, peer);
            return;
        }

        Remove(request);
        core.Counters.RequestsAnswered++;
        core.OnMatchedReply(envelope, from);
        if (envelope.Kind == MessageKind.Unsupported)
        {
            request.OnFailure(RequestFailure.Unsupported);
            return;
        }

        request.OnReply(envelope, body);
    }

    internal void Fail(PendingRequest request, RequestFailure failure)
    {
        if (Remove(request))
        {
            core.Counters.RequestsTimedOut++;
            core.OnRequestFailed(request.Contact);
            request.OnFailure(failure);
        }
    }

    internal void Transmit(PendingRequest request)
    {
        PeerState peer = core.Peers.Get(request.Contact.EndPoint);
        request.OnAttempt(core.Now);
        if (MaySend(request, peer))
        {
            Write(request, peer, Codec.MinRequestLength);
        }
    }

    internal void Reschedule(PendingRequest request) => core.Timers.Schedule(request, request.NextDue());

    /// <summary>Whether the reply came as fast as the network and the node allow: sent once, and nothing was verified, written or handled for it. A signature's time is better than no measure.</summary>
    private static bool IsPrompt(PendingRequest request, MessageKind reply, PeerState peer) =>
        request is { Attempts: 1, WasRetried: false }
        && (reply == MessageKind.Retry
            || request.Kind is MessageKind.Ping or MessageKind.FindNode or MessageKind.FindValue
            || (request.Kind == MessageKind.Prove && !peer.HasMeasured));

    /// <summary>Who answered and was not measured was slow, or a datagram was lost: it is sent one time again no sooner than ever, so that it is measured.</summary>
    private Timeouts TimeoutsFor(PeerState peer) => new(
        peer.TimeoutOr(peer.HasAnswered ? core.Options.FirstTimeout : _firstTimeout.Value),
        peer.TimeoutOr(_firstTimeout.Value),
        peer.TimeoutOr(core.Options.FirstTimeout));

    private void OnRoundTrip(PeerState peer, TimeSpan roundTrip)
    {
        if (!peer.HasMeasured)
        {
            _firstTimeout.OnRoundTrip(roundTrip);
        }

        peer.OnRoundTrip(roundTrip);
    }

    private static bool Answers(MessageKind reply, MessageKind request) =>
        reply == (request | MessageKind.Reply) || reply is MessageKind.Retry or MessageKind.Unsupported;

    /// <summary>A restarted node, or a rotated secret, must not look dead: the request is repeated once with the fresh token.</summary>
    private void Repeat(PendingRequest request, PeerState peer)
    {
        if (!request.WasRetried)
        {
            request.WasRetried = true;
            request.OnRepeated(core.Now, peer.TimeoutOr(core.Options.FirstTimeout));
            Reschedule(request);
            Write(request, peer, Codec.MinRequestLength);
        }
    }

    private void OnUnmatched(in Envelope envelope, ReadOnlySpan<byte> body, PeerEndPoint from)
    {
        bool isExpected = envelope.Kind switch
        {
            MessageKind.Probe | MessageKind.Reply => core.Reachability.OnDial(envelope.Transaction, body, from),
            MessageKind.Subscribe | MessageKind.Reply => core.Subscribing.OnTold(envelope, body, from),
            _ => false,
        };
        if (isExpected)
        {
            core.Counters.Accepted++;
        }
        else
        {
            core.Counters.Drop(DropReason.Unmatched);
        }
    }

    private bool MaySend(PendingRequest request, PeerState peer) =>
        !request.IsHearsay
        || peer.HasAnswered
        || core.Hearsay.TrySpend(
            request.Contact.EndPoint,
            (request.Attempts == 0 ? request.FirstContactLength : Codec.MinRequestLength) + core.SealLength,
            core.Referrals.IsCorroborated(request.Contact.EndPoint),
            core.Now);

    private void Write(PendingRequest request, PeerState peer, int paddedLength)
    {
        peer.SentAt = core.Now;
        bool hasOne = !peer.Token.IsNone && peer.Id == request.Contact.Id;
        AddressToken token = hasOne || request.Given.IsNone ? peer.Token : request.Given;
        Envelope envelope = core.MakeEnvelope(request.Contact.EndPoint, request.Kind, request.Transaction, token, observed: default);
        int length = request.Write(_buffer, envelope, paddedLength);
        core.SendDatagram(_buffer.AsSpan(0, length), request.Contact.EndPoint, request.Purpose);
    }

    private bool Remove(PendingRequest request)
    {
        core.Timers.Cancel(request);
        return _pending.Remove(request.Transaction);
    }
}
