namespace Kademlia.Simulation;

/// <summary>Answers like an honest node, but late.</summary>
/// <param name="delay">How long it keeps each answer.</param>
/// <param name="identity">Who it is; somebody new when null.</param>
public sealed class SlowActor(TimeSpan delay, NodeIdentity? identity = null) : PeerActor(identity)
{
    /// <inheritdoc/>
    protected override void Reply(ReadOnlySpan<byte> datagram, PeerEndPoint asker)
    {
        byte[] answer = datagram.ToArray();
        After(delay, () => Send(answer, asker));
    }
}
