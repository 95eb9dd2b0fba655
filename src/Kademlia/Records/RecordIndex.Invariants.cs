using System.Diagnostics;

namespace Kademlia.Records;

// What holds after every call, as code.
internal sealed partial class RecordIndex
{
    /// <summary>Checks what must hold between any two calls.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    internal void AssertInvariants()
    {
        AssertLimits();
        (int held, int strangers, long bytes, long strangerBytes) = (0, 0, 0, 0);
        foreach (KeyShelf shelf in _closestFirst)
        {
            Invariant.Require(!shelf.IsEmpty, "A key without records is forgotten.");
            Add(shelf.Held, ref held, ref bytes, ref strangers, ref strangerBytes);
            (int pending, long pendingBytes) = (0, 0L);
            Add(shelf.Pending, ref pending, ref pendingBytes, ref strangers, ref strangerBytes);
        }

        Invariant.Require((held, bytes) == (_soonestFirst.Count, Bytes), "What is held is counted.");
        Invariant.Require((strangers, strangerBytes) == (StrangerCount, StrangerBytes), "What is held for strangers is charged.");
    }

    private static void Add(ReadOnlySpan<RecordEntry> entries, ref int count, ref long bytes, ref int strangers, ref long strangerBytes)
    {
        foreach (RecordEntry entry in entries)
        {
            count++;
            bytes += entry.Head.Size;
            strangers += entry.IsOwn ? 0 : 1;
            strangerBytes += entry.IsOwn ? 0 : entry.Head.Size;
        }
    }

    private void AssertLimits()
    {
        Invariant.Require(!_put.IsOver && !_replicas.IsOver, "There is no more in a pool than its limit.");
        Invariant.Require(_shelves.Count == _closestFirst.Count, "The two views of the keys are the same.");
    }

    /// <summary>What is cheap: a node may hold a hundred thousand records.</summary>
    [Conditional("DEBUG")]
    private void AssertInDebug() => AssertLimits();
}
