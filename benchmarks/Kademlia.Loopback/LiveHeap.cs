namespace Kademlia.Loopback;

/// <summary>How much of the managed heap is in use.</summary>
internal static class LiveHeap
{
    /// <summary>The bytes of all objects that are left after everything unused was collected; gaps between them are not counted.</summary>
    /// <remarks><see cref="GC.GetTotalMemory"/> goes wrong where objects are pinned, as receive buffers are: it can even be negative.</remarks>
    public static long Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        GCMemoryInfo heap = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        return heap.HeapSizeBytes - heap.FragmentedBytes;
    }
}
