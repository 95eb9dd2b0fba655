using Kademlia.Records;

namespace Kademlia.Loopback;

/// <summary>What many large records take of the managed heap: in the memory store, and in a node's index beside it.</summary>
internal static class RecordMemory
{
    private const int Count = 100_000;
    private const double MiB = 1024 * 1024;
    private const double Goal = 150;

    /// <summary>Measures and prints.</summary>
    public static void Measure(GoalSheet sheet)
    {
        long before = LiveHeap.Measure();
        using MemoryRecordStore store = new();
        Fill(store);
        long stored = LiveHeap.Measure();
        sheet.AtMost("100,000 records of 768 bytes, memory store", (stored - before) / MiB, Goal, "{0:0.0} MiB");

        RecordIndex index = new(default, new RecordLimits { MaxRecords = Count, MaxBytes = long.MaxValue, MaxRecordsPerGroup = Count });
        foreach (Record record in store.Load())
        {
            RecordHead head = RecordHead.Of(record);
            index.TryReserve(head, new AddressGroup(1), RecordOrigin.Replica, []);
            index.Commit(head);
        }

        sheet.Note("their index in a node, as replicas of one writer", (LiveHeap.Measure() - stored) / MiB, "{0:0.0} MiB");
        GC.KeepAlive(index);
    }

    /// <summary>Signatures have the right length here, and no more.</summary>
    private static void Fill(MemoryRecordStore store)
    {
        using NodeIdentity writer = NodeIdentity.Create();
        byte[] value = new byte[Record.MaxDatagramValueLength];
        byte[] signature = new byte[NodeIdentity.SignatureLength];
        for (int i = 0; i < Count; i++)
        {
            Record record = RecordDraft.Owner(writer, 1, BitConverter.GetBytes(i), 1, 1_900_000_000, value).Complete(signature);
            store.WriteAsync(record, replaces: null, CancellationToken.None).AsTask().Wait();
        }
    }
}
