using Kademlia.Messages;
using Kademlia.Simulation;
using Kademlia.Wire;

namespace Kademlia.Scenarios;

/// <summary>Counts on the wire what gets of chosen nodes take: their questions for values, and the answers to them.</summary>
/// <param name="codec">Reads the headers; the network's datagrams must not be sealed.</param>
internal sealed class AskerMeter(Codec codec) : LinkRule
{
    private readonly Dictionary<PeerEndPoint, long> _bytes = [];

    /// <summary>Counts from now on what a node asks and is answered.</summary>
    public void Begin(KademliaNode asker) => _bytes[asker.LocalEndPoints[0]] = 0;

    /// <summary>Ends that, and tells the bytes both ways.</summary>
    public long End(KademliaNode asker) => _bytes.Remove(asker.LocalEndPoints[0], out long bytes) ? bytes : 0;

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        bool asks = _bytes.ContainsKey(flight.Source);
        if (asks || _bytes.ContainsKey(flight.Destination))
        {
            codec.TryReadEnvelope(flight.Bytes, out Envelope envelope, out _);
            Count(asks ? flight.Source : flight.Destination, envelope.Kind, asks, flight.Length);
        }

        return false;
    }

    private void Count(PeerEndPoint asker, MessageKind kind, bool asks, int length)
    {
        bool counts = asks
            ? kind == MessageKind.FindValue
            : kind is (MessageKind.FindValue | MessageKind.Reply) or MessageKind.Retry;
        _bytes[asker] += counts ? length : 0;
    }
}
