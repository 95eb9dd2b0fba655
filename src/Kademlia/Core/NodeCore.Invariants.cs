namespace Kademlia.Core;

/// <content>What holds between any two turns.</content>
internal sealed partial class NodeCore
{
    /// <summary>Checks all parts of the node. Costs as much as the node knows and holds; a simulation calls it now and then.</summary>
    /// <exception cref="InvalidOperationException">Something does not hold: an error in this library.</exception>
    internal void AssertInvariants()
    {
        foreach (Overlay overlay in Overlays)
        {
            overlay.Table.AssertInvariants();
        }

        Holding.Index.AssertInvariants();
        Timers.AssertInvariants();
        Requests.AssertInvariants();
        Subscribers.AssertInvariants();
        Invariant.Require(Ready.Count == 0, "No work is left over from a turn.");
        Invariant.Require(Peers.Count <= PeerBook.MaxPeers, "Peers are bounded.");
        AssertConservation();
    }

    private void AssertConservation()
    {
        CoreCounters c = Counters;
        Invariant.Require(c.Received == c.Accepted + c.Dropped, "What is received is accepted or dropped.");
        Invariant.Require(
            c.RequestsSent == c.RequestsAnswered + c.RequestsTimedOut + c.RequestsCancelled + Requests.Count,
            "What is asked is answered, timed out, cancelled or under way.");
    }
}
