namespace Kademlia.Admission;

/// <summary>What voters of one scope and address family say our endpoint is.</summary>
/// <remarks>
/// Each voter has one vote, its newest. A voter is an address group where groups are limited, and an endpoint elsewhere.
/// Votes older than <see cref="VoteLifetime"/> do not count; when <see cref="MaxVoters"/> have voted, the oldest vote
/// makes room. Votes agree when their addresses do: a translator may give every peer another port.
/// </remarks>
internal sealed class Ballot(bool onePerGroup)
{
    /// <summary>How many voters are kept.</summary>
    public const int MaxVoters = 32;

    /// <summary>How many must agree, beside being more than half: two liars are never a majority.</summary>
    public const int MinAgreeing = 3;

    /// <summary>How long a vote counts: three rounds of neighbour pings, and soon over when our address changes.</summary>
    public static readonly TimeSpan VoteLifetime = TimeSpan.FromMinutes(30);

    private readonly Vote[] _votes = new Vote[MaxVoters];
    private int _count;
    private Tally _tally;

    /// <summary>Counts a vote in place of the voter's earlier one.</summary>
    public void Add(PeerEndPoint voter, PeerEndPoint observed, TimeSpan now)
    {
        ref Vote vote = ref _votes[PlaceFor(voter)];
        bool changesNothing = vote.Counts(now) && vote.Observed == observed;
        _tally = changesNothing ? _tally : default;
        vote = new Vote(voter, observed, now);
    }

    /// <summary>Whether any vote still counts.</summary>
    public bool IsOpen(TimeSpan now) => Count(now).Votes > 0;

    /// <summary>The endpoint whose address more than half and at least <see cref="MinAgreeing"/> voters name.</summary>
    /// <param name="now">The time.</param>
    /// <param name="endPoint">That address, with the port that most of them name, the newest at the count where ports are level.</param>
    public bool TryGetMajority(TimeSpan now, out PeerEndPoint endPoint)
    {
        Tally tally = Count(now);
        bool found = tally.Agreeing >= MinAgreeing && tally.Agreeing * 2 > tally.Votes;
        endPoint = found ? tally.Most : default;
        return found;
    }

    /// <summary>The endpoint whose address most voters name, however few they are.</summary>
    public bool TryGetMost(TimeSpan now, out PeerEndPoint endPoint)
    {
        Tally tally = Count(now);
        endPoint = tally.Most;
        return tally.Agreeing > 0;
    }

    /// <summary>Every reply that is read asks, and hardly a vote changes anything: a count holds until one does, or is too old.</summary>
    private Tally Count(TimeSpan now)
    {
        if (now >= _tally.HoldsUntil)
        {
            _tally = CountAnew(now);
        }

        return _tally;
    }

    private Tally CountAnew(TimeSpan now)
    {
        Tally tally = new(default, 0, 0, TimeSpan.MaxValue);
        Vote best = default;
        (int Address, int Port) bestScore = default;
        foreach (Vote vote in _votes.AsSpan(0, _count))
        {
            if (vote.Counts(now))
            {
                (int Address, int Port) score = Score(vote, now);
                int order = score.CompareTo(bestScore);
                bool isBetter = order > 0 || (order == 0 && vote.CastAt > best.CastAt);
                (best, bestScore) = isBetter ? (vote, score) : (best, bestScore);
                tally = tally.With(vote);
            }
        }

        return tally with { Most = best.Observed, Agreeing = bestScore.Address };
    }

    /// <summary>How many agree with a vote on the address, and on the port as well.</summary>
    private (int Address, int Port) Score(Vote vote, TimeSpan now)
    {
        (int Address, int Port) score = default;
        foreach (Vote other in _votes.AsSpan(0, _count))
        {
            bool agrees = other.Counts(now) && other.Observed.SharesAddressWith(vote.Observed);
            score.Address += agrees ? 1 : 0;
            score.Port += agrees && other.Observed.Port == vote.Observed.Port ? 1 : 0;
        }

        return score;
    }

    private int PlaceFor(PeerEndPoint voter)
    {
        int oldest = 0;
        for (int i = 0; i < _count; i++)
        {
            if (IsSameVoter(_votes[i].Voter, voter))
            {
                return i;
            }

            oldest = _votes[i].CastAt < _votes[oldest].CastAt ? i : oldest;
        }

        return _count < MaxVoters ? _count++ : oldest;
    }

    private bool IsSameVoter(PeerEndPoint left, PeerEndPoint right) =>
        onePerGroup ? AddressGroup.Of(left) == AddressGroup.Of(right) : left == right;

    private readonly record struct Vote(PeerEndPoint Voter, PeerEndPoint Observed, TimeSpan CastAt)
    {
        public bool Counts(TimeSpan now) => now - CastAt < VoteLifetime;
    }
    /// <summary>What was counted, and when the first of the votes will be too old.</summary>
    private readonly record struct Tally(PeerEndPoint Most, int Agreeing, int Votes, TimeSpan HoldsUntil)
    {
        public Tally With(Vote vote)
        {
            TimeSpan end = vote.CastAt + VoteLifetime;
            return this with { Votes = Votes + 1, HoldsUntil = end < HoldsUntil ? end : HoldsUntil };
        }
    }
}
