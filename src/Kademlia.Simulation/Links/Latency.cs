namespace Kademlia.Simulation;

/// <summary>How long datagrams are on their way.</summary>
public abstract class Latency
{
    /// <summary>The time of one datagram, one way.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="destination">Where it goes to.</param>
    /// <param name="random">The only source of randomness that may be used.</param>
    public abstract TimeSpan OneWay(PeerEndPoint source, PeerEndPoint destination, Random random);
}
