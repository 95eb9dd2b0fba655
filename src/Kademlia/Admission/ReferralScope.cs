namespace Kademlia.Admission;

/// <summary>Which referrals are believed and given, by how far addresses reach: strangers must not aim us at a private network.</summary>
/// <remarks>
/// One rule serves both directions: an address goes between two nodes only when the other one's own address reaches no
/// farther. Who is on this machine shares its link and its site, who is on this link shares the site, and everybody
/// shares the Internet; never the other way round. Unusable addresses go nowhere, and come from nobody.
/// </remarks>
internal static class ReferralScope
{
    /// <summary>Whether a contact that <paramref name="referrer"/> named may be tried.</summary>
    public static bool IsBelievable(PeerEndPoint referred, PeerEndPoint referrer) => Reaches(referred, referrer);

    /// <summary>Whether a contact of ours may be named to <paramref name="asker"/>.</summary>
    public static bool MayTell(PeerEndPoint contact, PeerEndPoint asker) => Reaches(contact, asker);

    /// <summary>The same, with the asker's scope read once for many contacts.</summary>
    public static bool MayTell(PeerEndPoint contact, AddressScope asker) => Reaches(contact, asker);

    // Unusable is the narrowest scope, so what is no narrower than a usable address is usable.
    private static bool Reaches(PeerEndPoint told, PeerEndPoint other) => Reaches(told, other.Scope);

    private static bool Reaches(PeerEndPoint told, AddressScope other) => other != AddressScope.Unusable && other <= told.Scope;
}
