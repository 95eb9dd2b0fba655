namespace Kademlia.Simulation;

/// <summary>Takes everything and answers nothing.</summary>
public sealed class SilentActor : Actor
{
    /// <inheritdoc/>
    protected override void Receive(Flight flight)
    {
        // That is the point.
    }
}
