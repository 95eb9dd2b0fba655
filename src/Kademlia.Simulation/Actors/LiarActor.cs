namespace Kademlia.Simulation;

/// <summary>Names its colluders as the closest to whatever is asked for, and keeps to itself what was stored with it.</summary>
/// <param name="colluders">Whom it names: other liars, or victims. The list may grow.</param>
/// <param name="identity">Who it is; somebody new when null.</param>
public sealed class LiarActor(IReadOnlyList<Contact> colluders, NodeIdentity? identity = null) : PeerActor(identity)
{
    /// <inheritdoc/>
    protected override IEnumerable<Contact> FindClosest(NodeId target) => colluders.OrderBy(c => c.Id ^ target);

    /// <inheritdoc/>
    protected override Record? FindRecord(RecordKey key, Record? held) => null;
}
