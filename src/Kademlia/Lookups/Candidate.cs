using System.Diagnostics;

namespace Kademlia.Lookups;

/// <summary>A contact that a lookup knows of, and what became of it. Two endpoints of one id are two candidates.</summary>
[DebuggerDisplay("{State} {Contact}")]
internal struct Candidate
{
    /// <summary>In place of a referrer's slot: nobody.</summary>
    public const short Nobody = -1;

    /// <summary>How many replies stand between our own table and this contact.</summary>
    public int Hops;

    /// <summary>The slots of up to two repliers that named it; nobody, and it is from our own table.</summary>
    public short Referrer;
    public short SecondReferrer;

    /// <summary>How many contacts that it named were asked and have not answered.</summary>
    public ushort UnansweredReferrals;

    /// <summary>How many contacts that it named have answered.</summary>
    public ushort AnsweredReferrals;

    public CandidateState State;
    public byte Requests;
    public byte Replies;

    /// <summary>Whether its latest reply was cut short.</summary>
    public bool HasMore;

    /// <summary>Whether its id or its endpoint answered first as another candidate, so that it does not count.</summary>
    public bool IsShadowed;

    public Contact Contact;

    /// <summary>The address group; null where limits do not apply.</summary>
    public AddressGroup? Group;

    /// <summary>The distance of the last contact in its latest reply.</summary>
    public Distance LastGiven;

    public readonly bool IsFromOwnTable => Referrer == Nobody;

    public readonly bool HasAnswered => Replies > 0;

    /// <summary>Whether a request is out that the end waits for.</summary>
    public readonly bool IsAwaited => State is CandidateState.InFlight or CandidateState.Slow;

    /// <summary>Whether it counts among the closest.</summary>
    public readonly bool Counts => HasAnswered && !IsShadowed;

    /// <summary>Whether it counts, or may still come to.</summary>
    public readonly bool IsAlive => !IsShadowed && (HasAnswered || IsAwaited || State == CandidateState.Unasked);

    /// <summary>Whether it was asked, did not answer, and would count if it did.</summary>
    public readonly bool IsMissed => !IsShadowed && !HasAnswered && Requests > 0;

    /// <summary>Whether it does not matter any more who else names it.</summary>
    public readonly bool NeedsNoNaming => IsFromOwnTable || HasAnswered || (Requests > 0 && SecondReferrer != Nobody);

    /// <summary>Whether two candidates cannot both be among the closest: one id, one endpoint, or one limited group of endpoints.</summary>
    public readonly bool Excludes(in Candidate other) =>
        Contact.Id == other.Contact.Id
        || (Group is AddressGroup group ? group == other.Group : Contact.EndPoint == other.Contact.EndPoint);

    /// <summary>Whether the two cannot both be true: one node has one id and one endpoint.</summary>
    public readonly bool Contradicts(Contact other) =>
        (Contact.EndPoint == other.EndPoint) != (Contact.Id == other.Id);
}
