using System.Net;

namespace Kademlia.Core;

/// <summary>Where we ourselves are, as far as we know.</summary>
internal sealed class OwnEndPoints(NodeCore core)
{
    private readonly PeerEndPoint[] _bound = [.. core.Options.LocalEndPoints];

    /// <summary>The endpoint to give to others for an address family; the default value when none is known.</summary>
    /// <remarks>
    /// The configured public address, with the port that we are bound to; else what a majority of voters sees; else where we are
    /// bound, unless that is every address; else what most voters see, however few: enough to be found, not to prove anything by.
    /// </remarks>
    public PeerEndPoint BestOf(Overlay overlay)
    {
        PeerEndPoint bound = _bound.FirstOrDefault(e => e.IsIPv4 == overlay.IsIPv4);
        PeerEndPoint configured = core.Options.PublicAddresses
            .Select(address => new PeerEndPoint(address, bound.Port))
            .FirstOrDefault(e => e.IsIPv4 == overlay.IsIPv4);
        return IsUsable(configured) ? configured
            : core.PublicEndPointOf(overlay) is var voted && IsUsable(voted) ? voted
            : IsUsable(bound) ? bound
            : core.Votes.TryGetMost(overlay.IsIPv4, core.Now, out PeerEndPoint most) ? most
            : default;
    }

    /// <summary>What is ours at this moment; counting votes is not free, so take one for many questions.</summary>
    public Snapshot Take() => new(_bound, SeenAs(ipv4: true), SeenAs(ipv4: false), core.Options.PublicAddresses);

    private PeerEndPoint SeenAs(bool ipv4) => core.Votes.TryGetMajority(ipv4, core.Now, out PeerEndPoint seen) ? seen : default;

    private static bool IsUsable(PeerEndPoint endPoint) => endPoint.Scope != AddressScope.Unusable;

    /// <summary>Where we were when it was taken.</summary>
    public readonly record struct Snapshot(
        PeerEndPoint[] Bound, PeerEndPoint SeenAs4, PeerEndPoint SeenAs6, IReadOnlyList<IPAddress> Configured)
    {
        /// <summary>Whether only we can be at an endpoint: we are bound to it, configured with it, or a majority sees us there.</summary>
        public bool Contains(PeerEndPoint endPoint)
        {
            if (endPoint == SeenAs4 || endPoint == SeenAs6)
            {
                return true;
            }

            foreach (PeerEndPoint bound in Bound)
            {
                if (bound.Port == endPoint.Port && bound.IsIPv4 == endPoint.IsIPv4 && IsAt(bound, endPoint))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>A socket that is bound to every address has this machine's loopback addresses, too.</summary>
        private bool IsAt(PeerEndPoint bound, PeerEndPoint endPoint) =>
            bound == endPoint
            || (bound.Scope == AddressScope.Unusable && endPoint.Scope == AddressScope.Loopback)
            || (Configured.Count > 0 && Configured.Contains(endPoint.Address));
    }
}
