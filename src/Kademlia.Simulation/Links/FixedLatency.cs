namespace Kademlia.Simulation;

/// <summary>The same time for every datagram.</summary>
/// <param name="oneWay">That time; half of a round trip.</param>
public sealed class FixedLatency(TimeSpan oneWay) : Latency
{
    /// <inheritdoc/>
    public override TimeSpan OneWay(PeerEndPoint source, PeerEndPoint destination, Random random) => oneWay;
}
