namespace Kademlia.Simulation;

/// <summary>The work in a virtual network waits for something that cannot happen any more.</summary>
public sealed class VirtualDeadlockException : Exception
{
    internal VirtualDeadlockException(TimeSpan now, IReadOnlyList<string> waiting)
        : base(
            $"At {now} of virtual time the work waits for what cannot happen: "
            + (waiting.Count == 0
                ? "no operation of a node is under way, and no timer of the network's TimeProvider. Does it await something from outside, such as Task.Delay without the TimeProvider?"
                : $"these operations are still under way: {string.Join("; ", waiting)}."))
    {
        Waiting = waiting;
    }

    /// <summary>The operations that wait, the oldest first.</summary>
    public IReadOnlyList<string> Waiting { get; }
}
