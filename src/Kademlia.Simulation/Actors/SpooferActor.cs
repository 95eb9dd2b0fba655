using Kademlia.Messages;

namespace Kademlia.Simulation;

/// <summary>Asks one node after the other under the addresses of others, as them or as somebody else who is about to leave.</summary>
/// <param name="interval">The time between two requests.</param>
/// <param name="victim">Under whose address; under that of one node after the other when null.</param>
public sealed class SpooferActor(TimeSpan interval, PeerEndPoint? victim = null) : Actor
{
    /// <inheritdoc/>
    protected override void Begin() => Every(interval, Spoof);

    /// <inheritdoc/>
    protected override void Receive(Flight flight)
    {
        // Answers go to the victims.
    }

    private void Spoof()
    {
        int asked = Network.Random.Next(Network.Nodes.Count);
        int other = asked + Network.Random.Next(1, Network.Nodes.Count);
        PeerEndPoint destination = Network.MachineOf(Network.Nodes[asked]).EndPoints[0];
        KademliaNode impersonated = Network.Nodes[other % Network.Nodes.Count];
        bool asItself = Network.Random.Next(2) == 0;
        ReadOnlySpan<byte> request = Requests.Write(
            RequestWriter.Kinds[Network.Random.Next(RequestWriter.Kinds.Count)],
            asItself ? impersonated.Id : NodeId.Random(Network.Random),
            destination,
            flags: Network.Random.Next(2) == 0 ? SenderFlags.Leaving : SenderFlags.None);
        Send(request, destination, victim ?? Network.MachineOf(impersonated).EndPoints[0]);
    }
}
