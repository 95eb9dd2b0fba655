namespace Kademlia.Admission;

/// <summary>What proven contacts observed of our own endpoint: how a node learns its address.</summary>
/// <remarks>
/// <para>
/// Every reply carries the endpoint that its request came from. Of contacts that proved their id this is a vote, one for
/// each address group. Votes are counted apart by address family and by scope, and a vote counts only when the voter and
/// the address it names have the same scope: a neighbour in our site sees us by a private address, which is true there
/// and says nothing about the Internet, and it cannot know how the Internet sees us.
/// </para>
/// <para>
/// The widest scope in which anybody has voted decides. So neighbours, of whom one machine can bring as many as it has
/// ports (their groups are not limited by default), never outvote a single global contact, nor crowd its vote out; and in
/// a laboratory, where nobody is global, they do tell a node its address.
/// </para>
/// </remarks>
internal sealed class AddressVotes(bool limitLocal)
{
    private const int Families = 2;

    private readonly Ballot?[] _ballots = new Ballot?[Families * ((int)AddressScope.Global + 1)];

    /// <summary>Counts what a proven contact observed, in place of what its group observed before.</summary>
    /// <param name="voter">The contact's endpoint, at which it answered us.</param>
    /// <param name="observed">Our endpoint, as the contact sees it.</param>
    /// <param name="now">The time.</param>
    public void Add(PeerEndPoint voter, PeerEndPoint observed, TimeSpan now)
    {
        AddressScope scope = observed.Scope;
        if (scope == AddressScope.Unusable || scope != voter.Scope || observed.IsIPv4 != voter.IsIPv4)
        {
            return;
        }

        ref Ballot? ballot = ref _ballots[IndexOf(scope, observed.IsIPv4)];
        ballot ??= new Ballot(onePerGroup: AddressGroup.IsLimited(voter, limitLocal));
        ballot.Add(voter, observed, now);
    }

    /// <summary>Our endpoint of an address family, where voters enough agree on its address.</summary>
    public bool TryGetMajority(bool ipv4, TimeSpan now, out PeerEndPoint endPoint)
    {
        endPoint = default;
        return WidestBallot(ipv4, now)?.TryGetMajority(now, out endPoint) == true;
    }

    /// <summary>What most voters say, however few: for what harms nobody but us when it is wrong.</summary>
    public bool TryGetMost(bool ipv4, TimeSpan now, out PeerEndPoint endPoint)
    {
        endPoint = default;
        return WidestBallot(ipv4, now)?.TryGetMost(now, out endPoint) == true;
    }

    private Ballot? WidestBallot(bool ipv4, TimeSpan now)
    {
        for (AddressScope scope = AddressScope.Global; scope > AddressScope.Unusable; scope--)
        {
            if (_ballots[IndexOf(scope, ipv4)] is Ballot ballot && ballot.IsOpen(now))
            {
                return ballot;
            }
        }

        return null;
    }

    private static int IndexOf(AddressScope scope, bool ipv4) => ((int)scope * Families) + (ipv4 ? 0 : 1);
}
