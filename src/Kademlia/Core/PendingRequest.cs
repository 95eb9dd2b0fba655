using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>A request that waits for its reply.</summary>
/// <remarks>
/// <para>Sent up to <see cref="MaxAttempts"/> times, one retransmission timeout (RTO) apart: a lost datagram costs one round trip
/// more, and a dead node a datagram or two. Slow after one RTO, overdue after two or a second, whichever is later, failed two RTOs
/// after the last attempt would be due but not before <see cref="Patience"/>, and at the latest after the request timeout. Where nothing was
/// measured of the contact it turns slow, and is sent again, sooner: <see cref="Timeouts"/>. A reply ends it at any time.</para>
/// <para>Exactly one of <see cref="OnReply"/>, <see cref="OnFailure"/> and <see cref="OnCancelled"/> is called, once;
/// <see cref="OnSlow"/> and <see cref="OnOverdue"/> at most once each, before it.</para>
/// </remarks>
internal abstract class PendingRequest(Contact contact, MessageKind kind) : CoreTimer
{
    /// <summary>How often a request is sent where nothing else is said.</summary>
    public const int DefaultMaxAttempts = 3;

    private static readonly TimeSpan LeastOverdue = TimeSpan.FromSeconds(1);

    private TimeSpan _sendAt;
    private TimeSpan _slowAt;
    private TimeSpan _overdueAt;
    private TimeSpan _failAt;
    private TimeSpan _patientUntil;
    private Timeouts _timeouts;
    private TimeSpan _deadline;

    /// <summary>Who is asked; its id is the default value while only the endpoint is known.</summary>
    public Contact Contact { get; } = contact;

    public MessageKind Kind { get; } = kind;

    /// <summary>The token that the contact gave us for this request; good for it alone, and only while there is none of a reply of its.</summary>
    public AddressToken Given { get; init; }

    /// <summary>How often it may be sent.</summary>
    public int MaxAttempts { get; init; } = DefaultMaxAttempts;

    /// <summary>How long the first datagram to an unproven contact is made, so that its reply may be as long.</summary>
    public int FirstContactLength { get; init; } = Codec.MinRequestLength;

    /// <summary>How long the answer is waited for at least: it may take the other node's disk, or its application.</summary>
    public TimeSpan Patience { get; init; } = LeastOverdue;

    /// <summary>How long it is waited for at most; the request timeout when null.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>What it is counted as.</summary>
    public Purpose Purpose { get; init; }

    /// <summary>Whether the contact is known from others' replies alone: then what it is sent is budgeted.</summary>
    public bool IsHearsay { get; init; }

    public ulong Transaction { get; set; }

    public int Attempts { get; private set; }

    public TimeSpan FirstSent { get; private set; }

    public bool WasRetried { get; set; }

    /// <summary>Whether nothing waits for the reply any more; a late one is welcome.</summary>
    public bool IsOverdue { get; private set; }

    internal Requests? Owner { get; set; }

    private bool IsSlow { get; set; }

    /// <summary>Writes the request; called for each attempt, since the token may have changed.</summary>
    public abstract int Write(Span<byte> destination, in Envelope envelope, int paddedLength);

    /// <summary>A reply of the right kind, transaction, endpoint and sender came; the bytes are valid until this returns.</summary>
    public abstract void OnReply(in Envelope envelope, ReadOnlySpan<byte> body);

    public virtual void OnSlow()
    {
    }

    public virtual void OnOverdue()
    {
    }

    /// <summary>No reply will come.</summary>
    public abstract void OnFailure(RequestFailure failure);

    /// <summary>The asker lost interest.</summary>
    public virtual void OnCancelled()
    {
    }

    /// <summary>Sets the times of all that can happen, from the first attempt.</summary>
    /// <param name="now">The time.</param>
    /// <param name="timeouts">The RTOs.</param>
    /// <param name="requestTimeout">How long it is waited for where nothing else is said.</param>
    internal void Start(TimeSpan now, Timeouts timeouts, TimeSpan requestTimeout)
    {
        _timeouts = timeouts;
        _patientUntil = now + Max(Patience, timeouts.Last * (MaxAttempts + 1));
        FirstSent = now;
        _slowAt = now + timeouts.First;
        _overdueAt = now + Max(timeouts.Last * 2, LeastOverdue);
        _deadline = now + (GiveUpAfter ?? requestTimeout);
        OnAttempt(now);
    }

    /// <summary>Counts an attempt and sets the time of the next, or of the end.</summary>
    internal void OnAttempt(TimeSpan now)
    {
        Attempts++;
        SetTimes(now);
    }

    /// <summary>It was sent again with the token of a retry, whose round trip was measured.</summary>
    internal void OnRepeated(TimeSpan now, TimeSpan timeout)
    {
        _timeouts = new Timeouts(timeout, timeout, timeout);
        SetTimes(now);
    }

    private void SetTimes(TimeSpan now)
    {
        _sendAt = now + _timeouts.After(Attempts, MaxAttempts);
        _failAt = Attempts < MaxAttempts ? _deadline : Min(_deadline, Max(now + (_timeouts.Last * 2), _patientUntil));
    }

    internal TimeSpan NextDue()
    {
        TimeSpan next = _failAt;
        next = Attempts < MaxAttempts ? Min(next, _sendAt) : next;
        next = IsSlow ? next : Min(next, _slowAt);
        return IsOverdue ? next : Min(next, _overdueAt);
    }

    public sealed override void OnDue(TimeSpan now)
    {
        if (now >= _failAt)
        {
            Owner!.Fail(this, RequestFailure.TimedOut);
            return;
        }

        bool turnsSlow = !IsSlow && now >= _slowAt;
        bool turnsOverdue = !IsOverdue && now >= _overdueAt;
        IsSlow |= turnsSlow;
        IsOverdue |= turnsOverdue;
        if (Attempts < MaxAttempts && now >= _sendAt)
        {
            Owner!.Transmit(this);
        }

        Owner!.Reschedule(this);
        if (turnsSlow)
        {
            OnSlow();
        }

        if (turnsOverdue && IsScheduled)
        {
            OnOverdue();
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}

/// <summary>Why a request has no reply.</summary>
internal enum RequestFailure
{
    /// <summary>Every attempt went unanswered.</summary>
    TimedOut,

    /// <summary>Another id answered at the endpoint.</summary>
    OtherId,

    /// <summary>The node answered that it does not know this kind of request. It lives: nothing is held against it.</summary>
    Unsupported,

    /// <summary>Never sent: the hearsay budget of the contact's network is spent, or too much is under way.</summary>
    NotSent,
}
