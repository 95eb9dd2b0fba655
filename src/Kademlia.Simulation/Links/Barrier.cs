namespace Kademlia.Simulation;

/// <summary>Lets no datagram through that its condition names: links that work one way only, or not at all.</summary>
/// <param name="stops">Whether a datagram is stopped, by its source and its destination.</param>
public sealed class Barrier(Func<PeerEndPoint, PeerEndPoint, bool> stops) : LinkRule
{
    /// <summary>Whether it stands; an open barrier stops nothing.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Stops what goes between two parts of the network, both ways.</summary>
    /// <param name="network">The network.</param>
    /// <param name="side">The nodes of one part; all others are the other.</param>
    public static Barrier Between(VirtualNetwork network, IEnumerable<KademliaNode> side)
    {
        ArgumentNullException.ThrowIfNull(network);
        HashSet<PeerEndPoint> here = [.. side.SelectMany(n => network.MachineOf(n).EndPoints)];
        return new Barrier((source, destination) => here.Contains(source) != here.Contains(destination));
    }

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(flight);
        bool stopped = !IsOpen && stops(flight.Source, flight.Destination);
        flight.IsLost |= stopped;
        return stopped;
    }
}
