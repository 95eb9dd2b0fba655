using System.Diagnostics;

namespace Kademlia.Lookups;

/// <content>What holds after each step.</content>
public sealed partial class Lookup
{
    /// <summary>Checks what must hold between any two calls.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    internal void AssertInvariants()
    {
        ReadOnlySpan<short> slots = _shortlist.Slots;
        for (int rank = 0; rank < slots.Length; rank++)
        {
            AssertCandidate(_shortlist[slots[rank]]);
            Invariant.Require(rank == 0 || _shortlist.DistanceOf(slots[rank - 1]) <= _shortlist.DistanceOf(slots[rank]), "The order is that of distance.");
        }

        AssertClaims(_answered.AsSpan(0, _answeredCount));
        Invariant.Require(_inFlight == CountIn(CandidateState.InFlight) && _slow == CountIn(CandidateState.Slow), "What is awaited is counted.");
        Invariant.Require(Failed == CountIn(CandidateState.Failed), "What failed is counted.");
        AssertCounts();
        Invariant.Require(InFlight <= _maxInFlight, "Requests in flight are bounded.");
        Invariant.Require(_askedAgain <= _bucketSize, "Second requests are bounded.");
        Invariant.Require(!_isStopped || (_isDone && InFlight == 0), "Stopping frees everything.");
    }

    [Conditional("DEBUG")]
    private void AssertInDebug() => AssertInvariants();

    private static void AssertCandidate(in Candidate candidate)
    {
        Invariant.Require(candidate.Replies <= candidate.Requests && candidate.Requests <= 2, "Nobody is asked thrice, or answers unasked.");
        Invariant.Require(candidate.State != CandidateState.Unasked || candidate.Requests == 0, "Whoever is unasked was not asked.");
        Invariant.Require(candidate.State != CandidateState.Answered || candidate.HasAnswered, "Whoever stands as answered has answered.");
    }

    private void AssertClaims(ReadOnlySpan<short> answered)
    {
        for (int i = 0; i < answered.Length; i++)
        {
            Invariant.Require(_shortlist[answered[i]].Counts, "Claims are held by those that count.");
            Invariant.Require(!answered[..i].Contains(answered[i]), "Nobody claims twice.");
            for (int j = 0; j < i; j++)
            {
                Invariant.Require(!_shortlist[answered[i]].Contradicts(_shortlist[answered[j]].Contact), "One id has one endpoint.");
            }
        }
    }

    private int CountIn(CandidateState state)
    {
        int count = 0;
        foreach (short slot in _shortlist.Slots)
        {
            count += _shortlist[slot].State == state ? 1 : 0;
        }

        return count;
    }

    private void AssertCounts()
    {
        int awaitedAgain = 0;
        int cutShort = 0;
        foreach (short slot in _shortlist.Slots)
        {
            awaitedAgain += _shortlist[slot] is { HasAnswered: true, IsAwaited: true } ? 1 : 0;
            cutShort += _shortlist[slot].HasMore ? 1 : 0;
        }

        Invariant.Require(_awaitedAgain == awaitedAgain, "Second replies that are awaited are counted.");
        Invariant.Require(_cutShort == cutShort, "Replies that were cut short are counted.");
    }
}
