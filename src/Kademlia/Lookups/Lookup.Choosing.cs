namespace Kademlia.Lookups;

/// <content>Whom to ask next.</content>
public sealed partial class Lookup
{
    private LookupStep Choose(out int slot)
    {
        Survey survey = SurveyPlaces(passOverDoubtful: false);
        if (survey.IsWaiting && !HasFreeSlot)
        {
            slot = None;
            return LookupStep.Wait;
        }

        slot = survey.HasUnasked ? ChooseUnasked(survey) : _cutShort > 0 ? FindCutShort(survey) : None;
        if (slot == None && !survey.IsWaiting && !IsAwaitingMore && survey.Places < _bucketSize)
        {
            survey = SurveySpares(survey.Places);
            slot = survey.Unasked;
        }

        return slot != None && HasFreeSlotFor(_shortlist[slot]) ? LookupStep.Ask
            : slot != None || survey.IsWaiting || IsAwaitingMore ? LookupStep.Wait
            : LookupStep.Done;
    }

    private int ChooseUnasked(Survey survey)
    {
        if (survey.Unasked != None && !IsUnaskedAndSpent(_shortlist[survey.Unasked]))
        {
            return survey.Unasked;
        }

        int trusted = SurveyPlaces(passOverDoubtful: true).Unasked;
        return trusted != None ? trusted
            : survey.Unasked != None ? survey.Unasked
            : survey.UnaskedHeir;
    }

    /// <summary>Gives the places to the closest that are alive, and notes whom of them, and of their heirs, to ask first.</summary>
    private Survey SurveyPlaces(bool passOverDoubtful)
    {
        Survey survey = new() { Unasked = None, UnaskedHeir = None };
        foreach (short slot in _shortlist.Slots)
        {
            if (survey.Places == _bucketSize || IsEnough(survey))
            {
                break;
            }

            ref Candidate candidate = ref _shortlist[slot];
            if (candidate.IsAlive && !(passOverDoubtful && IsDoubtful(candidate)))
            {
                TakePlaceOrInherit(ref survey, slot, candidate);
            }
        }

        return survey;
    }

    /// <summary>Whether a survey already shows the next step: somebody to wait for and no free slot, or somebody to ask.</summary>
    private bool IsEnough(in Survey survey) =>
        survey.IsWaiting
        && (!HasFreeSlot || (survey.Unasked != None && !IsUnaskedAndSpent(_shortlist[survey.Unasked])));

    private void TakePlaceOrInherit(ref Survey survey, short slot, in Candidate candidate)
    {
        int holder = FindExcluding(_places.AsSpan(0, survey.Places), candidate);
        if (holder == None)
        {
            _places[survey.Places++] = slot;
            survey.Note(slot, candidate);
        }
        else if (survey.UnaskedHeir == None && candidate.State == CandidateState.Unasked && !_shortlist[holder].HasAnswered)
        {
            survey.UnaskedHeir = slot;
        }
    }

    /// <summary>Gives the places that are left to the closest that are alive and hold none.</summary>
    private Survey SurveySpares(int placesTaken)
    {
        Survey survey = new() { Unasked = None, UnaskedHeir = None, Places = placesTaken };
        int passed = 0;
        foreach (short slot in _shortlist.Slots)
        {
            if (passed < placesTaken && _places[passed] == slot)
            {
                passed++;
            }
            else if (survey.Places < _bucketSize && _shortlist[slot].IsAlive)
            {
                survey.Places++;
                survey.Note(slot, _shortlist[slot]);
            }
        }

        return survey;
    }

    /// <summary>The closest whose reply was cut before the k-th place, so that more of it would matter.</summary>
    private int FindCutShort(Survey survey)
    {
        bool isFull = survey.Places == _bucketSize;
        Distance farthest = isFull ? _shortlist.DistanceOf(_places[^1]) : Distance.MaxValue;
        foreach (short slot in _shortlist.Slots)
        {
            ref Candidate candidate = ref _shortlist[slot];
            if (_askedAgain < _bucketSize
                && candidate is { HasMore: true, State: CandidateState.Answered, Requests: 1, IsShadowed: false }
                && candidate.LastGiven < farthest)
            {
                return slot;
            }
        }

        return None;
    }

    /// <summary>The first of some candidates that cannot be among the closest together with another; or none.</summary>
    private int FindExcluding(ReadOnlySpan<short> slots, in Candidate other)
    {
        foreach (short slot in slots)
        {
            if (_shortlist[slot].Excludes(other))
            {
                return slot;
            }
        }

        return None;
    }

    /// <summary>What a look over the candidates showed.</summary>
    private struct Survey
    {
        /// <summary>How many places are taken.</summary>
        public int Places;

        /// <summary>The closest place-holder that was not asked.</summary>
        public int Unasked;

        /// <summary>The closest that was not asked and would inherit the place of one that may still fail.</summary>
        public int UnaskedHeir;

        /// <summary>Whether a place-holder has not answered.</summary>
        public bool IsWaiting;

        public readonly bool HasUnasked => Unasked != None || UnaskedHeir != None;

        public void Note(int slot, in Candidate candidate)
        {
            IsWaiting |= !candidate.HasAnswered;
            if (Unasked == None && candidate.State == CandidateState.Unasked)
            {
                Unasked = slot;
            }
        }
    }
}
