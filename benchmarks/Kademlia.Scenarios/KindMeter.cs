using Kademlia.Messages;
using Kademlia.Simulation;
using Kademlia.Wire;

namespace Kademlia.Scenarios;

/// <summary>Counts the bytes on the wire by what they say, requests and their replies together.</summary>
/// <param name="codec">Reads the headers; the network's datagrams must not be sealed.</param>
internal sealed class KindMeter(Codec codec) : LinkRule
{
    private readonly SortedDictionary<MessageKind, long> _bytes = [];

    /// <summary>The bytes of each kind of request with its replies. Answers without one are a kind of their own.</summary>
    public IEnumerable<KeyValuePair<MessageKind, long>> Bytes => _bytes;

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        codec.TryReadEnvelope(flight.Bytes, out Envelope envelope, out _);
        MessageKind kind = envelope.Kind is MessageKind.Retry or MessageKind.Unsupported ? envelope.Kind : envelope.Kind & ~MessageKind.Reply;
        _bytes[kind] = _bytes.GetValueOrDefault(kind) + flight.Length;
        return false;
    }
}
