using Kademlia.Admission;
using Kademlia.Messages;

namespace Kademlia.Core;

/// <content>What becomes of each request, and whom its reply may make us believe in.</content>
internal sealed partial class Walk
{
    private void OnReply(WalkRequest request, ReadOnlySpan<byte> body)
    {
        OnEnded(request);
        Received++;
        if (!_question.TryRead(request.Contact, request.WasProven, body, out ReadOnlySpan<Contact> contacts, out bool more, out bool again))
        {
            OnFailure(request);
            return;
        }

        Span<Contact> believed = stackalloc Contact[contacts.Length];
        _lookup.OnReply(request.Contact, believed[..Believe(request.Contact, contacts, believed)], more);
        _core.Newcomers.Consider(request.Contact);
        bool isLate = IsFinished;
        if (again && !isLate)
        {
            Ask(request.Contact, isAgain: true);
        }

        Pump();
        Answered?.Invoke(request.Contact, isLate);
    }

    private void OnFailure(WalkRequest request)
    {
        OnEnded(request);
        Failed++;
        _lookup.OnFailure(request.Contact);
        Pump();
    }

    private void OnLeftOut(WalkRequest request)
    {
        OnEnded(request);
        _lookup.OnLeftOut(request.Contact);
        Pump();
    }

    /// <summary>Leaves out what a stranger must not make us believe, and remembers who named whom.</summary>
    private int Believe(Contact referrer, ReadOnlySpan<Contact> referred, Span<Contact> believed)
    {
        bool proven = _core.IsProven(referrer);
        OwnEndPoints.Snapshot own = _core.OwnEndPoints.Take();
        int count = 0;
        foreach (Contact contact in referred)
        {
            if (contact.Id == _core.Id
                || own.Contains(contact.EndPoint)
                || !ReferralScope.IsBelievable(contact.EndPoint, referrer.EndPoint))
            {
                continue;
            }

            if (proven)
            {
                _core.Referrals.OnNamed(contact.EndPoint, referrer.EndPoint);
            }

            if (contact.EndPoint.IsIPv4 == _overlay.IsIPv4)
            {
                believed[count++] = contact;
            }
            else
            {
                _core.Newcomers.Consider(contact, isHearsay: true);
            }
        }

        return count;
    }

    private sealed class WalkRequest(Walk walk, WalkStep step, bool isAgain) : PendingRequest(step.Contact, walk._question.Kind)
    {
        /// <summary>Whether the contact answered before and is asked for the rest; the walk does not end before it, unless it is overdue.</summary>
        public bool IsAgain { get; } = isAgain;

        /// <summary>Whether it was sent with a token, the last time.</summary>
        public bool WasProven { get; private set; }

        public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength)
        {
            WasProven = !envelope.Token.IsNone;
            walk.Sent++;
            return walk._question.Write(destination, envelope, paddedLength, step);
        }

        public override void OnReply(in Envelope envelope, ReadOnlySpan<byte> body) => walk.OnReply(this, body);

        public override void OnSlow()
        {
            walk._question.OnSlow();
            walk._lookup.OnSlow(Contact);
            walk.Pump();
        }

        public override void OnOverdue()
        {
            walk._lookup.OnOverdue(Contact);
            walk.Pump();
        }

        public override void OnFailure(RequestFailure failure)
        {
            if (failure == RequestFailure.NotSent)
            {
                walk.OnLeftOut(this);
            }
            else
            {
                walk.OnFailure(this);
            }
        }

        public override void OnCancelled() => walk.OnEnded(this);
    }
}
