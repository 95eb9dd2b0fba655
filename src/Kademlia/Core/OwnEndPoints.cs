namespace Kademlia.Core;

/// <summary>Where we ourselves are, as far as we know.</summary>
internal sealed class OwnEndPoints(NodeCore core)
{
    /// <summary>The endpoint to give to others for an address family; the default value when none is known.</summary>
    /// <remarks>
    /// The configured public address, with the port that we are bound to; else what a majority of voters sees; else where we are
    /// bound, unless that is every address; else what most voters see, however few: enough to be found, not to prove anything by.
    /// </remarks>
    public PeerEndPoint BestOf(Overlay overlay)
    {
        PeerEndPoint bound = core.Options.LocalEndPoints.FirstOrDefault(e => e.IsIPv4 == overlay.IsIPv4);
        PeerEndPoint configured = core.Options.PublicAddresses
            .Select(address => new PeerEndPoint(address, bound.Port))
            .FirstOrDefault(e => e.IsIPv4 == overlay.IsIPv4);
        return IsUsable(configured) ? configured
            : core.PublicEndPointOf(overlay) is var voted && IsUsable(voted) ? voted
            : IsUsable(bound) ? bound
            : core.Votes.TryGetMost(overlay.IsIPv4, core.Now, out PeerEndPoint most) ? most
            : default;
    }

    private static bool IsUsable(PeerEndPoint endPoint) => endPoint.Scope != AddressScope.Unusable;
}
