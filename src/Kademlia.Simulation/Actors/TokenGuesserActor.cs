using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Simulation;

/// <summary>Stores records with tokens that it was not given: random ones, neighbours of its own, and its own under other ids and from other ports.</summary>
/// <param name="interval">The time between two rounds, each of one node.</param>
public sealed class TokenGuesserActor(TimeSpan interval) : Actor
{
    private NodeId _id;

    /// <summary>How many stores with a guessed token it sent.</summary>
    public long Guesses { get; private set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        _id = NodeId.Random(Network.Random);
        Every(interval, AskForToken);
    }

    /// <summary>An answer brings a token, and so the material for guesses.</summary>
    protected override void Receive(Flight flight)
    {
        ArgumentNullException.ThrowIfNull(flight);
        if (Codec.TryReadEnvelope(flight.Bytes, out Envelope envelope, out _) == DecodeOutcome.Ok
            && envelope.Kind == (MessageKind.Ping | MessageKind.Reply))
        {
            ulong given = envelope.Token.Value;
            PeerEndPoint elsewhere = new(EndPoint.Address, EndPoint.Port + 1);
            Guess(flight.Source, (ulong)Network.Random.NextInt64(), _id, EndPoint);
            Guess(flight.Source, given + 1, _id, EndPoint);
            Guess(flight.Source, given ^ 1, _id, EndPoint);
            Guess(flight.Source, given, NodeId.Random(Network.Random), EndPoint);
            Guess(flight.Source, given, _id, elsewhere);
        }
    }

    private void AskForToken()
    {
        PeerEndPoint node = Network.MachineOf(Network.RandomNode()).EndPoints[0];
        Send(Requests.Write(MessageKind.Ping, _id, node), node);
    }

    private void Guess(PeerEndPoint node, ulong token, NodeId id, PeerEndPoint source)
    {
        Guesses++;
        Send(Requests.Write(MessageKind.Store, id, node, token: new AddressToken(token)), node, source);
    }
}
