using Kademlia.Core;
using Kademlia.Records;

namespace Kademlia.Tests.Records;

public class DigestEntryTests
{
    [Fact]
    public void Read_OfWhatWasWritten_GivesTheEntry()
    {
        DigestEntry entry = new(ulong.MaxValue - 1, 7, 0x8000_0001);
        byte[] bytes = new byte[DigestEntry.Length];
        entry.WriteTo(bytes);
        Assert.Equal(entry, DigestEntry.Read(bytes));
    }

    [Fact]
    public void Of_RecordsThatDifferInAnything_GivesDifferentEntries()
    {
        RecordHead head = new(RecordKey.ForName("a"), new NodeId(1, 2, 3, 4), 5, false, new NodeId(6, 7, 8, 9), 10, 11);
        RecordHead[] others =
        [
            head with { Key = RecordKey.ForName("b") },
            head with { Writer = default },
            head with { Sequence = 6 },
            head with { IsTombstone = true },
            head with { ValueHash = default },
            head with { ExpirySeconds = 11 },
        ];
        Assert.DoesNotContain(DigestEntry.Of(head), others.Select(o => DigestEntry.Of(o)));
        Assert.Equal(DigestEntry.Of(head), DigestEntry.Of(head with { Size = 12 }));
    }

    [Fact]
    public void Lacks_OfWhatIsHeldOrIsLess_IsFalse()
    {
        RecordIndex index = new(default, new RecordLimits());
        RecordHead head = new(RecordKey.ForName("a"), new NodeId(1, 2, 3, 4), 5, false, new NodeId(6, 7, 8, 9), 10, 11);
        DigestEntry held = DigestEntry.Of(head);
        Assert.True(index.Lacks(held));
        Assert.True(index.TryReserve(head, default, RecordOrigin.Put, []));
        Assert.True(index.Lacks(held));
        index.Commit(head);
        Assert.False(index.Lacks(held));
        Assert.False(index.Lacks(held with { Sequence = 4, Mark = 1 }));
        Assert.True(index.Lacks(held with { Sequence = 6 }));
        Assert.True(index.Lacks(held with { Mark = held.Mark ^ 1 }));
        index.Remove(index.Find(head.Key, head.Writer)!);
        Assert.True(index.Lacks(held));
    }

    [Fact]
    public void Lacks_OfWhatIsOnlyCached_IsTrue()
    {
        RecordIndex index = new(default, new RecordLimits());
        RecordHead head = new(RecordKey.ForContent([1]), default, 0, false, new NodeId(6, 7, 8, 9), 10, 11);
        Assert.True(index.TryReserve(head, default, RecordOrigin.Cache, []));
        index.Commit(head);
        Assert.True(index.Lacks(DigestEntry.Of(head)));
        index.Reaffirm(head, default, RecordOrigin.Replica, []);
        Assert.False(index.Lacks(DigestEntry.Of(head)));
    }

    [Fact]
    public void Contains_OfARememberedEntry_IsTrueUntilItsTimeAndForNothingNewer()
    {
        EntryMemory memory = new();
        DigestEntry entry = new(1, 2, 3);
        memory.Add(entry, untilSeconds: 1000);
        Assert.True(memory.Contains(entry with { Sequence = 1, Mark = 0 }, 999));
        Assert.False(memory.Contains(entry with { Sequence = 3 }, 999));
        Assert.False(memory.Contains(entry with { Slot = 2 }, 999));
        Assert.False(memory.Contains(entry, 1000));
    }

    [Fact]
    public void Add_ToAFullMemory_ForgetsTheOldest()
    {
        EntryMemory memory = new();
        for (ulong slot = 0; slot <= EntryMemory.MaxSlots; slot++)
        {
            memory.Add(new DigestEntry(slot, 0, 0), untilSeconds: 1000);
        }

        Assert.False(memory.Contains(new DigestEntry(0, 0, 0), 0));
        Assert.True(memory.Contains(new DigestEntry(1, 0, 0), 0));
    }

    [Fact]
    public void Of_ContentWithAnotherExpiry_GivesTheSameEntry()
    {
        RecordHead head = new(RecordKey.ForContent([1]), default, 0, false, new NodeId(6, 7, 8, 9), 10, 11);
        Assert.Equal(DigestEntry.Of(head), DigestEntry.Of(head with { ExpirySeconds = 12 }));
    }

    [Fact]
    public void Lacked_OfASketch_IsWhatIsHeldOtherwiseOrNotAtAll()
    {
        DigestEntry[] entries = [.. Enumerable.Range(1, 10).Select(i => new DigestEntry((ulong)i, i, 7))];
        DigestEntry[] held = [.. entries[3..], entries[0], entries[1] with { Sequence = 9 }, entries[2] with { Mark = 8 }];
        byte[] sketch = Digests.Sketch(entries, 7, new byte[40]).ToArray();
        Assert.Equal(new byte[] { 0b0000_0110, 0 }, Digests.Lacked(sketch, held, 7, new byte[30]).ToArray());
        Assert.Equal(new byte[] { 0b1111_1111, 0b11 }, Digests.Lacked(sketch, held, 8, new byte[30]).ToArray());
    }

    [Fact]
    public void Sum_UnderAnotherTransaction_IsAnother()
    {
        DigestEntry[] entries = [new(1, 2, 3), new(4, 5, 6)];
        Assert.Equal(Digests.Sum(entries, 7), Digests.Sum([.. entries.Reverse()], 7));
        Assert.NotEqual(Digests.Sum(entries, 7), Digests.Sum(entries, 8));
        Assert.NotEqual(Digests.Sum(entries, 7), Digests.Sum(entries[..1], 7));
    }
}
