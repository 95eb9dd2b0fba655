using System.Diagnostics;

namespace Kademlia.Lookups;

/// <summary>Finds the k closest contacts to a target by asking ever closer ones: a machine that decides, and does nothing itself.</summary>
/// <remarks>
/// <para>The caller offers contacts of its own table, asks whom <see cref="Next"/> names until it says
/// <see cref="LookupStep.Wait"/>, tells what becomes of each request, and comes again. There is no clock, no randomness
/// and no I/O in here, and nothing is allocated after construction but room for more than 128 candidates. Not safe for concurrent use. The caller keeps out itself
/// and endpoints that must not be asked, and takes a reply for that of a contact only when request, endpoint and id match. Source: section 2.3 of the Kademlia paper.</para>
///
/// <para><b>Candidates.</b> A candidate is an id at an endpoint; an honest id at a wrong endpoint is another candidate.
/// They are kept closest first, those of one id in the order in which they came. Of a reply the first k contacts are
/// read. A candidate is alive until it fails, stays slow, or is shadowed. The first candidate that answers claims its id
/// and its endpoint; others with that id, or at that endpoint, are shadowed: no longer asked, and not counted.
/// Whoever does not answer claims nothing.</para>
///
/// <para><b>Places.</b> The k places go to candidates that are alive, closest first. Of those that share an id, an
/// endpoint or a limited address group (/24, or /48 for IPv6) the closest takes a place and the others none.
/// So a crowd in one group cannot fill the k, and a dead one in front loses its place to the next of its group.</para>
///
/// <para><b>Whom to ask.</b> While a slot is free: the closest place-holder that was not asked. Else the closest candidate
/// before the k-th place that was not asked and that shares with a place-holder which has not answered: it would inherit the
/// place. Else, once each and at most k in one lookup, the closest that answered with <c>more</c> and whose last contact
/// is closer than the k-th place. And when all place-holders have answered and fewer than k places are taken, the
/// remaining places go to the closest of those that share a group with an answered one: thirty servers in one /24 are a
/// network too.</para>
///
/// <para><b>Credit.</b> A replier may lie, at the price of one lost request for each lie. So its word is good for as many
/// unanswered requests as <see cref="LookupOptions.Parallelism"/>, and one more for each of its referrals that answered.
/// Contacts named only by repliers whose credit is spent are asked after all others, hold no place against them until they answer, and give way first; but the end
/// waits for them, so that a replier that was honest in a network half dead loses time and nothing else. Contacts of our own
/// table need no credit.</para>
///
/// <para><b>Slots.</b> A request in flight holds one of <see cref="LookupOptions.Parallelism"/> slots until it is answered,
/// fails or becomes slow. A slow one is still waited for by the end, until it is overdue, and there is one slot more as long as it
/// is slow: where some are dead, the next may be, too. Those whose credit is spent get none of these. Slow ones beyond <see cref="LookupOptions.MaxSlow"/> keep their slots and
/// bring none. When the closest that is alive has answered, there are k slots: nothing closer can be hoped for, and the rest must
/// all be asked (section 2.3 of the paper).</para>
///
/// <para><b>End.</b> The lookup is done when every place-holder has answered, no second request is awaited, and nobody is
/// left to ask by the rules above. It stays done. Late answers still count among the closest, but what they name is not read.</para>
///
/// <para><b>Bounds.</b> At most <see cref="LookupOptions.MaxCandidates"/> are remembered. When there is no room, the farthest
/// unasked one whose credit is spent gives way, else the farthest unasked one, if it is farther than the newcomer. Whoever
/// was asked is never forgotten. So a lookup makes at most MaxCandidates + k requests, whatever it is told, and awaits at most
/// k + MaxSlow at a time, or Parallelism + 2 MaxSlow if that is more.</para>
///
/// <para>Disjoint paths (S/Kademlia, section 4.4) would be d lookups for one target with one set of contacts asked between them;
/// a contact is first asked in one place only, in <see cref="Next"/>, and its rule of whom to pass over is where that set
/// would be looked into.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class Lookup
{
    private const int None = -1;

    private readonly int _bucketSize;
    private readonly int _parallelism;
    private readonly int _maxSlow;
    private readonly int _maxInFlight;
    private readonly bool _limitLocal;

    private readonly Shortlist _shortlist;
    private readonly short[] _places;
    private readonly short[] _closest;
    private readonly short[] _answered;
    private int _answeredCount;
    private int _askedAgain;
    private int _awaitedAgain;
    private int _cutShort;
    private int _inFlight;
    private int _slow;
    private bool _isDone;
    private bool _isStopped;

    /// <summary>Makes a lookup that knows nobody yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its range; the message names both.</exception>
    public Lookup(NodeId target, LookupOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Target = target;
        _bucketSize = options.BucketSize;
        _parallelism = options.Parallelism;
        _maxSlow = options.MaxSlow;
        _maxInFlight = options.MaxInFlight;
        _limitLocal = options.LimitLocalAddressGroups;
        _shortlist = new Shortlist(target, options.MaxCandidates);
        _places = new short[_bucketSize];
        _closest = new short[_bucketSize];
        _answered = new short[options.MaxCandidates];
    }

    /// <summary>What is looked for.</summary>
    public NodeId Target { get; }

    /// <summary>How many requests were made; a second one to a contact counts again.</summary>
    public int Asked { get; private set; }

    /// <summary>How many requests are awaited: those in slots and the slow ones.</summary>
    public int InFlight => _inFlight + _slow;

    /// <summary>How many different contacts answered.</summary>
    public int Answered { get; private set; }

    /// <summary>How many contacts the caller gave up, and did not hear from later.</summary>
    public int Failed { get; private set; }

    /// <summary>Whether a second reply is awaited.</summary>
    private bool IsAwaitingMore => _awaitedAgain > 0;

    private int SlotsTaken => _inFlight + Math.Max(0, _slow - _maxSlow);

    private bool HasFreeSlot => SlotsTaken < Slots;

    /// <summary>Those named only by repliers that may lie get the slots of a lookup that goes well, and no more.</summary>
    private bool HasFreeSlotFor(in Candidate candidate) => SlotsTaken < (IsUnaskedAndSpent(candidate) ? _parallelism : Slots);

    private int Slots => Math.Max(IsClosing ? _bucketSize : 0, _parallelism + Math.Min(_slow, _maxSlow));

    /// <summary>Whether the closest that is alive has answered.</summary>
    internal bool IsClosing
    {
        get
        {
            foreach (short slot in _shortlist.Slots)
            {
                if (_shortlist[slot].IsAlive)
                {
                    return _shortlist[slot].HasAnswered;
                }
            }

            return false;
        }
    }

    /// <summary>Says what to do next. One glance: nothing is waited for, and only <see cref="LookupStep.Ask"/> changes anything.</summary>
    /// <param name="contact">Whom to ask; the default but for <see cref="LookupStep.Ask"/>.</param>
    public LookupStep Next(out Contact contact)
    {
        int slot = None;
        LookupStep step = _isDone ? LookupStep.Done : Choose(out slot);
        _isDone = step == LookupStep.Done;
        contact = step == LookupStep.Ask ? Ask(slot) : default;
        return step;
    }

    /// <summary>Tells that a contact answered. Late answers are welcome; unsolicited and repeated ones change nothing.</summary>
    /// <param name="from">Who answered: the contact that was asked.</param>
    /// <param name="referred">Whom it named, closest first.</param>
    /// <param name="more">Whether it knew further ones that did not fit, which a second request would bring.</param>
    public void OnReply(Contact from, ReadOnlySpan<Contact> referred, bool more)
    {
        int slot = _shortlist.Find(from);
        if (slot == None || _isStopped || _shortlist[slot].Replies == _shortlist[slot].Requests)
        {
            return;
        }

        ref Candidate candidate = ref _shortlist[slot];
        Move(ref candidate, CandidateState.Answered);
        candidate.HasMore = more;
        _cutShort += more ? 1 : 0;
        candidate.LastGiven = referred.IsEmpty ? Distance.Zero : referred[^1].Id ^ Target;
        if (candidate.Replies++ == 0)
        {
            CountAnswer(slot);
        }

        if (!_isDone)
        {
            Learn(slot, referred);
        }

        AssertInDebug();
    }

    /// <summary>Tells that a contact takes long: its slot is free, and the end still waits for it.</summary>
    public void OnSlow(Contact contact) => Settle(contact, CandidateState.Slow);

    /// <summary>Tells that a contact stayed slow: nothing waits for it any longer.</summary>
    public void OnOverdue(Contact contact) => Settle(contact, CandidateState.Overdue);

    /// <summary>Tells that a contact was given up. It is not asked again.</summary>
    public void OnFailure(Contact contact) => Settle(contact, CandidateState.Failed);

    /// <summary>Tells that the caller did not ask a contact after all, and will not. It counts neither as asked nor as failed.</summary>
    public void OnLeftOut(Contact contact)
    {
        int slot = _shortlist.Find(contact);
        if (slot != None && _shortlist[slot] is { IsAwaited: true })
        {
            ref Candidate candidate = ref _shortlist[slot];
            Move(ref candidate, candidate.HasAnswered ? CandidateState.Answered : CandidateState.LeftOut);
            candidate.Requests--;
            Asked--;
            Charge(candidate, unanswered: candidate.HasAnswered ? 0 : -1, answered: 0);
            AssertInDebug();
        }
    }

    /// <summary>Ends the lookup now: nothing is awaited any longer, and nothing changes any more.</summary>
    public void Stop()
    {
        _isDone = true;
        _isStopped = true;
        foreach (short slot in _shortlist.Slots)
        {
            if (_shortlist[slot].IsAwaited)
            {
                Move(ref _shortlist[slot], CandidateState.Overdue);
            }
        }

        AssertInDebug();
    }

    /// <summary>The target and how far the lookup is.</summary>
    public override string ToString() =>
        $"{Target}: {Answered} of {Asked} answered, {InFlight} in flight{(_isDone ? ", done" : "")}";

    private Contact Ask(int slot)
    {
        ref Candidate candidate = ref _shortlist[slot];
        if (candidate.HasAnswered)
        {
            _askedAgain++;
        }
        else
        {
            Charge(candidate, unanswered: 1, answered: 0);
        }

        Move(ref candidate, CandidateState.InFlight);
        _cutShort -= candidate.HasMore ? 1 : 0;
        candidate.HasMore = false;
        candidate.Requests++;
        Asked++;
        AssertInDebug();
        return candidate.Contact;
    }

    private void Settle(Contact contact, CandidateState outcome)
    {
        int slot = _shortlist.Find(contact);
        if (slot != None && CanBecome(_shortlist[slot].State, outcome))
        {
            ref Candidate candidate = ref _shortlist[slot];
            bool wasAnswered = candidate.HasAnswered && outcome == CandidateState.Failed;
            Move(ref candidate, wasAnswered ? CandidateState.Answered : outcome);
            AssertInDebug();
        }
    }

    private static bool CanBecome(CandidateState state, CandidateState outcome) => state switch
    {
        CandidateState.InFlight => true,
        CandidateState.Slow => outcome is CandidateState.Overdue or CandidateState.Failed,
        CandidateState.Overdue => outcome is CandidateState.Failed,
        _ => false,
    };

    private void Move(ref Candidate candidate, CandidateState state)
    {
        Tally(candidate, -1);
        candidate.State = state;
        Tally(candidate, +1);
    }

    private void Tally(in Candidate candidate, int change)
    {
        _awaitedAgain += candidate is { HasAnswered: true, IsAwaited: true } ? change : 0;
        switch (candidate.State)
        {
            case CandidateState.InFlight:
                _inFlight += change;
                break;
            case CandidateState.Slow:
                _slow += change;
                break;
            case CandidateState.Failed:
                Failed += change;
                break;
        }
    }
}
