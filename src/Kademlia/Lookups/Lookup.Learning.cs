namespace Kademlia.Lookups;

/// <content>Whom the lookup hears of, and whose word it takes.</content>
public sealed partial class Lookup
{
    /// <summary>Offers a contact of our own table, from where the walk starts.</summary>
    public void Offer(Contact contact)
    {
        if (!_isDone)
        {
            Learn(contact, Candidate.Nobody);
            AssertInDebug();
        }
    }

    private void Learn(int referrer, ReadOnlySpan<Contact> referred)
    {
        foreach (Contact contact in referred[..Math.Min(referred.Length, _bucketSize)])
        {
            Learn(contact, (short)referrer);
        }
    }

    private void Learn(Contact contact, short referrer)
    {
        int known = _shortlist.Find(contact);
        if (known != None)
        {
            Vouch(ref _shortlist[known], referrer);
        }
        else if (!IsClaimed(contact) && TryMakeRoom(contact.Id ^ Target))
        {
            _shortlist.Add(new Candidate
            {
                Contact = contact,
                Group = AddressGroup.IsLimited(contact.EndPoint, _limitLocal) ? AddressGroup.Of(contact.EndPoint) : null,
                Hops = HopsFrom(referrer),
                Referrer = referrer,
                SecondReferrer = Candidate.Nobody,
            });
        }
    }

    private int HopsFrom(short referrer) => referrer == Candidate.Nobody ? 0 : _shortlist[referrer].Hops + 1;

    /// <summary>Lets a further replier, or our own table, stand in for a contact that was heard of before and not yet asked.</summary>
    private void Vouch(ref Candidate candidate, short referrer)
    {
        bool isNews = !candidate.IsFromOwnTable && candidate.Referrer != referrer && candidate.SecondReferrer != referrer;
        if (candidate.State != CandidateState.Unasked || !(isNews || referrer == Candidate.Nobody))
        {
            return;
        }

        if (referrer == Candidate.Nobody)
        {
            (candidate.Referrer, candidate.SecondReferrer, candidate.Hops) = (Candidate.Nobody, Candidate.Nobody, 0);
        }
        else if (IsSpent(candidate.SecondReferrer))
        {
            candidate.SecondReferrer = referrer;
        }
        else if (IsSpent(candidate.Referrer))
        {
            candidate.Referrer = referrer;
        }
    }

    /// <summary>Whether nobody whose word is still good named a contact that was not asked.</summary>
    private bool IsUnaskedAndSpent(in Candidate candidate) =>
        candidate.State == CandidateState.Unasked && IsDoubtful(candidate);

    /// <summary>Whether nobody whose word is still good named a contact that has not answered.</summary>
    private bool IsDoubtful(in Candidate candidate) =>
        !candidate.HasAnswered
        && !candidate.IsFromOwnTable
        && IsSpent(candidate.Referrer)
        && IsSpent(candidate.SecondReferrer);

    private bool IsSpent(short referrer) =>
        referrer == Candidate.Nobody
        || _shortlist[referrer].UnansweredReferrals >= _parallelism + _shortlist[referrer].AnsweredReferrals;

    private void Charge(in Candidate candidate, int unanswered, int answered)
    {
        Charge(candidate.Referrer, unanswered, answered);
        Charge(candidate.SecondReferrer, unanswered, answered);
    }

    private void Charge(short referrer, int unanswered, int answered)
    {
        if (referrer != Candidate.Nobody)
        {
            ref Candidate replier = ref _shortlist[referrer];
            replier.UnansweredReferrals = (ushort)(replier.UnansweredReferrals + unanswered);
            replier.AnsweredReferrals = (ushort)(replier.AnsweredReferrals + answered);
        }
    }

    private void CountAnswer(int slot)
    {
        ref Candidate candidate = ref _shortlist[slot];
        Answered++;
        Charge(candidate, unanswered: -1, answered: 1);
        if (!candidate.IsShadowed)
        {
            _answered[_answeredCount++] = (short)slot;
            ShadowOthers(candidate.Contact);
        }
    }

    /// <summary>Forgets those that claim the id or the endpoint of one that answered; those already asked are kept in mind.</summary>
    private void ShadowOthers(Contact answered)
    {
        int rank = _shortlist.Count;
        while ((rank = _shortlist.FindRivalBefore(rank, answered)) != None)
        {
            ref Candidate rival = ref _shortlist[_shortlist.Slots[rank]];
            if (rival.State == CandidateState.Unasked)
            {
                _shortlist.RemoveAt(rank);
            }
            else
            {
                rival.IsShadowed = true;
            }
        }
    }

    /// <summary>Whether another contact with this id, or at this endpoint, has answered.</summary>
    private bool IsClaimed(Contact contact)
    {
        int rank = _shortlist.Count;
        do
        {
            rank = _shortlist.FindRivalBefore(rank, contact);
        }
        while (rank != None && !_shortlist[_shortlist.Slots[rank]].Counts);

        return rank != None;
    }

    private bool TryMakeRoom(Distance newcomer)
    {
        if (!_shortlist.IsFull)
        {
            return true;
        }

        int rank = FindFarthestUnasked(spent: true);
        if (rank == None)
        {
            rank = FindFarthestUnasked(spent: false);
            if (rank == None || _shortlist.DistanceOf(_shortlist.Slots[rank]) < newcomer)
            {
                return false;
            }
        }

        _shortlist.RemoveAt(rank);
        return true;
    }

    private int FindFarthestUnasked(bool spent)
    {
        for (int rank = _shortlist.Count - 1; rank >= 0; rank--)
        {
            ref Candidate candidate = ref _shortlist[_shortlist.Slots[rank]];
            if (candidate.State == CandidateState.Unasked && (!spent || IsUnaskedAndSpent(candidate)))
            {
                return rank;
            }
        }

        return None;
    }
}
