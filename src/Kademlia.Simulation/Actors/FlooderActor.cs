namespace Kademlia.Simulation;

/// <summary>One operator with many ids, all of which ask every node again and again to be taken into its table, and name each other.</summary>
/// <param name="ids">How many ids.</param>
/// <param name="addressGroups">In how many address groups: what it pays for.</param>
/// <param name="interval">The time between two rounds of asking.</param>
public sealed class FlooderActor(int ids, int addressGroups, TimeSpan interval) : Actor
{
    private const int FirstPort = 10_000;

    private readonly List<Contact> _faces = [];

    /// <summary>Under which ids it is in the network, and where.</summary>
    public IReadOnlyList<Contact> Faces => _faces;

    /// <inheritdoc/>
    protected override void Begin()
    {
        for (int i = 0; i < ids; i++)
        {
            LiarActor face = new(_faces) { GreetingInterval = interval };
            _faces.Add(Network.Admit(face, i < addressGroups ? null : BesideFace(i)).Contact);
        }
    }

    /// <inheritdoc/>
    protected override void Receive(Flight flight)
    {
        // Its faces are elsewhere.
    }

    private PeerEndPoint? BesideFace(int i) => new PeerEndPoint(_faces[i % addressGroups].EndPoint.Address, FirstPort + i);
}
