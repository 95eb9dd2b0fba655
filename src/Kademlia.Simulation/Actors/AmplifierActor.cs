namespace Kademlia.Simulation;

/// <summary>
/// Asks every node everything without a token, in requests as short as they may be, and counts what comes back: whoever answers
/// with more than was sent can be aimed at others.
/// </summary>
/// <param name="interval">The time between two requests.</param>
/// <param name="about">A key whose records and holders make long answers.</param>
public sealed class AmplifierActor(TimeSpan interval, RecordKey about) : Actor
{
    private NodeId _id;
    private int _next;

    /// <inheritdoc/>
    protected override void Begin()
    {
        _id = NodeId.Random(Network.Random);
        Every(interval, Ask);
    }

    /// <inheritdoc/>
    protected override void Receive(Flight flight)
    {
        // The base class counts.
    }

    private void Ask()
    {
        (int node, int kind) = Math.DivRem(_next++, RequestWriter.Kinds.Count);
        PeerEndPoint destination = Network.MachineOf(Network.Nodes[node % Network.Nodes.Count]).EndPoints[0];
        Send(Requests.Write(RequestWriter.Kinds[kind], _id, destination, about), destination);
    }
}
