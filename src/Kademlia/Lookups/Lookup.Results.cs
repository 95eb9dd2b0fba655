namespace Kademlia.Lookups;

/// <content>What the lookup found.</content>
public sealed partial class Lookup
{
    private Distance? _lastTaken;
    private int _taken;

    /// <summary>How many replies stood between our own table and the first contact that answered of those now among the closest.</summary>
    /// <value>0 when it was in our own table, and when nobody has answered.</value>
    public int Hops
    {
        get
        {
            ReadOnlySpan<short> closest = FindClosest(out _);
            foreach (short slot in _answered.AsSpan(0, _answeredCount))
            {
                if (closest.Contains(slot))
                {
                    return _shortlist[slot].Hops;
                }
            }

            return 0;
        }
    }

    /// <summary>How many replies stood between our own table and a contact: 0 when it was in our table, -1 when it is not known.</summary>
    public int HopsTo(Contact contact)
    {
        int slot = _shortlist.Find(contact);
        return slot == None ? None : _shortlist[slot].Hops;
    }

    /// <summary>Copies the closest that have answered, closest first, one of each limited address group while others can fill the k.</summary>
    /// <returns>How many were copied: at most k, and at most the length of <paramref name="destination"/>.</returns>
    public int CopyClosest(Span<Contact> destination)
    {
        ReadOnlySpan<short> closest = FindClosest(out _);
        int count = Math.Min(closest.Length, destination.Length);
        for (int i = 0; i < count; i++)
        {
            destination[i] = _shortlist[closest[i]].Contact;
        }

        return count;
    }

    /// <summary>Copies those of the closest known that have answered, once the closest of all has: whoever still comes to light can hardly be closer.</summary>
    /// <param name="destination">Takes them, closest first. As many as it has room for are looked at, at most k; those that have not answered are left out.</param>
    /// <returns>How many were copied.</returns>
    public int CopySettled(Span<Contact> destination)
    {
        int count = 0;
        Survey survey = IsClosing ? SurveyPlaces(passOverDoubtful: false) : default;
        foreach (short slot in _places.AsSpan(0, Math.Min(survey.Places, destination.Length)))
        {
            if (_shortlist[slot].Counts)
            {
                destination[count++] = _shortlist[slot].Contact;
            }
        }

        return count;
    }

    /// <summary>
    /// Copies those of the k closest candidates whom nobody needs to name any more: contacts of our own table, those that answered,
    /// and those that were asked and that two have named. That one is named a second time counts.
    /// </summary>
    /// <returns>How many were copied: at most k, and at most the length of <paramref name="destination"/>.</returns>
    public int CopyKnown(Span<Contact> destination)
    {
        int count = 0;
        ReadOnlySpan<short> closest = _shortlist.Slots;
        foreach (short slot in closest[..Math.Min(closest.Length, Math.Min(_bucketSize, destination.Length))])
        {
            ref readonly Candidate candidate = ref _shortlist[slot];
            if (candidate.NeedsNoNaming)
            {
                destination[count++] = candidate.Contact;
            }
        }

        return count;
    }

    /// <summary>Copies those that were asked, have not answered, and would be among the closest if they did; closest first.</summary>
    /// <returns>How many were copied: at most the length of <paramref name="destination"/>.</returns>
    public int CopyUnanswered(Span<Contact> destination)
    {
        ReadOnlySpan<short> closest = FindClosest(out int holders);
        int nearer = 0;
        int count = 0;
        foreach (short slot in _shortlist.Slots)
        {
            if (nearer == _bucketSize || count == destination.Length)
            {
                break;
            }

            bool isClosest = nearer < closest.Length && closest[nearer] == slot;
            nearer += isClosest ? 1 : 0;
            if (_shortlist[slot].IsMissed && (holders < _bucketSize || !IsExcluded(closest[..nearer], slot)))
            {
                destination[count++] = _shortlist[slot].Contact;
            }
        }

        return count;
    }

    /// <summary>Takes the next of the closest, closest first, once nothing closer can come.</summary>
    /// <remarks>
    /// As long as the lookup is not done any reply can name somebody closer, but to the target itself nothing is closer:
    /// it can be taken as soon as it has answered, the others when the lookup is done. At most k are taken; who answers late
    /// is among them if it is farther than the last one taken. After <see cref="Stop"/> there is nothing to take.
    /// </remarks>
    public bool TryTakeResult(out Contact contact)
    {
        int slot = FindNextToTake();
        bool isFinal = slot != None && !_isStopped && _taken < _bucketSize && (_isDone || _shortlist[slot].Contact.Id == Target);
        contact = isFinal ? _shortlist[slot].Contact : default;
        _lastTaken = isFinal ? _shortlist.DistanceOf(slot) : _lastTaken;
        _taken += isFinal ? 1 : 0;
        return isFinal;
    }

    private int FindNextToTake()
    {
        foreach (short slot in FindClosest(out _))
        {
            if (_lastTaken is not Distance last || _shortlist.DistanceOf(slot) > last)
            {
                return slot;
            }
        }

        return None;
    }

    /// <summary>The closest that have answered, closest first: those that hold places, and as many spares as it takes to fill the k.</summary>
    private ReadOnlySpan<short> FindClosest(out int holders)
    {
        holders = FindHolders();
        int spares = _bucketSize - holders;
        int passed = 0;
        int count = 0;
        foreach (short slot in _shortlist.Slots)
        {
            bool isHolder = passed < holders && _places[passed] == slot;
            bool isSpare = !isHolder && spares > 0 && _shortlist[slot].Counts;
            passed += isHolder ? 1 : 0;
            spares -= isSpare ? 1 : 0;
            if (isHolder || isSpare)
            {
                _closest[count++] = slot;
            }
        }

        return _closest.AsSpan(0, count);
    }

    /// <summary>Gives the places to the closest that have answered.</summary>
    private int FindHolders()
    {
        int places = 0;
        foreach (short slot in _shortlist.Slots)
        {
            if (places == _bucketSize)
            {
                break;
            }

            if (_shortlist[slot].Counts && !IsExcluded(_places.AsSpan(0, places), slot))
            {
                _places[places++] = slot;
            }
        }

        return places;
    }

    private bool IsExcluded(ReadOnlySpan<short> slots, int slot) => FindExcluding(slots, _shortlist[slot]) != None;
}
