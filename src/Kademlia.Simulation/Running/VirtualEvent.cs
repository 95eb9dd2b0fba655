namespace Kademlia.Simulation.Running;

/// <summary>Something that happens at a time.</summary>
internal abstract class VirtualEvent
{
    public abstract void Run();
}
