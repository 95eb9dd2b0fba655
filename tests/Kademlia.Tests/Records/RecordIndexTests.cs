using Kademlia.Records;

namespace Kademlia.Tests.Records;

/// <summary>This node is 0000; a key 1000 is far and a key 0001 near.</summary>
public class RecordIndexTests
{
    private static readonly AddressGroup Red = new(1);
    private static readonly AddressGroup Blue = new(2);

    private readonly List<RecordEntry> _evicted = [];

    [Fact]
    public void Judge_EmptySlot_StoresUnlessSomethingWasExpected()
    {
        RecordIndex index = Create();
        Assert.Equal(StoreOutcome.Stored, index.Judge(Owner(0b0001), RecordIndex.Unconditional));
        Assert.Equal(StoreOutcome.Stored, index.Judge(Owner(0b0001), 0));
        Assert.Equal(StoreOutcome.Conflict, index.Judge(Owner(0b0001), 5));
    }

    [Fact]
    public void Judge_HeldSlot_GoesByTheOrder()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b0001, sequence: 5, value: 2));

        Assert.Equal(StoreOutcome.Stored, index.Judge(Owner(0b0001, 6), RecordIndex.Unconditional));
        Assert.Equal(StoreOutcome.Stored, index.Judge(Owner(0b0001, 5, value: 3), RecordIndex.Unconditional));
        Assert.Equal(StoreOutcome.Stored, index.Judge(Tombstone(0b0001, 5), RecordIndex.Unconditional));
        Assert.Equal(StoreOutcome.Stored, index.Judge(Owner(0b0001, 5, value: 2, expiry: 2000), RecordIndex.Unconditional));
        Assert.Equal(StoreOutcome.Conflict, index.Judge(Owner(0b0001, 5, value: 1), RecordIndex.Unconditional));
        Assert.Equal(StoreOutcome.Older, index.Judge(Owner(0b0001, 4, value: 9), RecordIndex.Unconditional));
    }

    [Fact]
    public void Judge_Expectation_MustBeMet()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b0001, sequence: 5));

        Assert.Equal(StoreOutcome.Stored, index.Judge(Owner(0b0001, 6), 5));
        Assert.Equal(StoreOutcome.Conflict, index.Judge(Owner(0b0001, 6), 4));
        Assert.Equal(StoreOutcome.Conflict, index.Judge(Owner(0b0001, 6), 0));
        Assert.Equal(StoreOutcome.Conflict, index.Judge(Owner(0b0001, 4), 3));
    }

    [Fact]
    public void Judge_SequenceZeroIsHeld_IsNotAnEmptySlot()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b0001, sequence: 0));
        Assert.Equal(StoreOutcome.Conflict, index.Judge(Owner(0b0001, 1), 0));
    }

    [Fact]
    public void Judge_AcknowledgementWasLost_IsStoredAgainWithTheSameExpectation()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b0001, sequence: 5));
        RecordHead swap = Owner(0b0001, sequence: 6);
        Assert.False(index.IsHeld(swap));
        Store(index, swap);

        Assert.Equal(StoreOutcome.Stored, index.Judge(swap, 5));
        Assert.True(index.IsHeld(swap));
    }

    [Fact]
    public void Judge_Content_MergesExpiriesByMaximum()
    {
        RecordIndex index = Create();
        Store(index, Content(0b0001, expiry: 1000));

        Assert.Equal(StoreOutcome.Stored, index.Judge(Content(0b0001, expiry: 900), 7));
        Assert.True(index.IsHeld(Content(0b0001, expiry: 900)));
        Assert.False(index.IsHeld(Content(0b0001, expiry: 1100)));
        Store(index, Content(0b0001, expiry: 1100));
        Assert.Equal(1100, Assert.Single(index.ClosestFirst).Head.ExpirySeconds);
    }

    [Fact]
    public void TryReserve_UntilCommitted_ShowsWhatWasHeld()
    {
        RecordIndex index = Create();
        RecordHead first = Owner(0b0001, sequence: 1);
        RecordHead second = Owner(0b0001, sequence: 2);
        Store(index, first);
        Assert.True(index.TryReserve(second, Red, RecordOrigin.Put, _evicted));

        Assert.Equal(first, index.Find(first.Key, first.Writer)!.Head);
        Assert.Equal(second, index.FindPending(first.Key, first.Writer)!.Head);
        Assert.Throws<InvalidOperationException>(() => index.TryReserve(second, Red, RecordOrigin.Put, _evicted));
        Assert.Throws<InvalidOperationException>(() => index.Commit(first));

        index.Commit(second);
        Assert.Equal(second, index.Find(first.Key, first.Writer)!.Head);
        Assert.Null(index.FindPending(first.Key, first.Writer));
        Assert.Equal(1, index.Count);
        Assert.Equal(second.Size, index.Bytes);
    }

    [Fact]
    public void Release_PendingWrite_LeavesWhatWasHeld()
    {
        RecordIndex index = Create();
        RecordHead first = Owner(0b0001, sequence: 1);
        RecordHead second = Owner(0b0001, sequence: 2);
        Store(index, first);
        index.TryReserve(second, Blue, RecordOrigin.Put, _evicted);
        index.Release(second);

        Assert.Equal(first, index.Find(first.Key, first.Writer)!.Head);
        Assert.Equal((1, (long)first.Size), (index.StrangerCount, index.StrangerBytes));
        Assert.Throws<InvalidOperationException>(() => index.Release(second));
    }

    [Fact]
    public void Release_OnlyRecordUnderAKey_LeavesNothing()
    {
        RecordIndex index = Create();
        RecordHead head = Owner(0b0001);
        index.TryReserve(head, Red, RecordOrigin.Put, _evicted);
        index.Release(head);
        Assert.Empty(index.ClosestFirst);
        Assert.Equal((0, 0L), (index.StrangerCount, index.StrangerBytes));
    }

    [Fact]
    public void TryReserve_FullOfOneGroup_EvictsTheFarthestOfIt()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 3, MaxRecordsPerGroup = 3 });
        Store(index, Owner(0b1000), Red);
        Store(index, Owner(0b0100), Red);
        Store(index, Owner(0b0010), Blue);
        Store(index, Owner(0b1100), Blue);

        Assert.Equal([Owner(0b1000)], Heads(_evicted));
        Assert.Equal([Owner(0b0010), Owner(0b0100), Owner(0b1100)], Heads(index.ClosestFirst));
    }

    [Fact]
    public void TryReserve_Full_LargestGroupPaysThoughAnotherHasAFartherRecord()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 3, MaxRecordsPerGroup = 3 });
        Store(index, Owner(0b0100), Red);
        Store(index, Owner(0b0010), Red);
        Store(index, Owner(0b1000), Blue);
        Store(index, Owner(0b1111), new AddressGroup(3));
        Assert.Equal([Owner(0b0100)], Heads(_evicted));
    }

    [Fact]
    public void TryReserve_FullAndFarthestOfTheLargestGroup_IsTurnedAwayAndNothingChanges()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 2, MaxRecordsPerGroup = 2 });
        Store(index, Owner(0b0010), Red);
        Store(index, Owner(0b0100), Red);

        Assert.False(index.TryReserve(Owner(0b1000), Red, RecordOrigin.Put, _evicted));
        Assert.Empty(_evicted);
        Assert.Equal([Owner(0b0010), Owner(0b0100)], Heads(index.ClosestFirst));
        Assert.Equal(2, index.StrangerCount);
    }

    [Fact]
    public void TryReserve_GroupOverItsOwnLimit_PaysItself()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 9, MaxRecordsPerGroup = 2 });
        Store(index, Owner(0b1111), Blue);
        Store(index, Owner(0b1000), Red);
        Store(index, Owner(0b0100), Red);
        Store(index, Owner(0b0010), Red);
        Assert.Equal([Owner(0b1000)], Heads(_evicted));
    }

    [Fact]
    public void TryReserve_ByBytes_EvictsAsManyAsNeeded()
    {
        RecordIndex index = Create(new RecordLimits { MaxBytes = 300, MaxBytesPerGroup = 300 });
        Store(index, Owner(0b1000, size: 100), Red);
        Store(index, Owner(0b0100, size: 100), Red);
        Store(index, Owner(0b0010, size: 100), Red);
        Store(index, Owner(0b0001, size: 150), Red);
        Assert.Equal([Owner(0b1000, size: 100), Owner(0b0100, size: 100)], Heads(_evicted));
        Assert.Equal(250, index.StrangerBytes);
    }

    [Fact]
    public void TryReserve_LargerThanEverything_IsTurnedAwayAndNothingChanges()
    {
        RecordIndex index = Create(new RecordLimits { MaxBytes = 300, MaxBytesPerGroup = 300 });
        Store(index, Owner(0b1000, size: 100), Red);
        Assert.False(index.TryReserve(Owner(0b0001, size: 301), Red, RecordOrigin.Put, _evicted));
        Assert.Empty(_evicted);
        Assert.Equal(100, index.StrangerBytes);
    }

    [Fact]
    public void TryReserve_Full_EvictsCachedBeforeValuesBeforeTombstones()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 3, MaxRecordsPerGroup = 3 });
        Store(index, Tombstone(0b1111, 1));
        Store(index, Owner(0b0100));
        Store(index, Content(0b0010), origin: RecordOrigin.Cache);
        Store(index, Tombstone(0b0101, 1));
        Store(index, Tombstone(0b0110, 1));
        Store(index, Tombstone(0b0111, 1));
        Assert.Equal([Content(0b0010), Owner(0b0100), Tombstone(0b1111, 1)], Heads(_evicted));
    }

    [Fact]
    public void TryReserve_OwnRecords_AreFreeAndStay()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 1, MaxRecordsPerGroup = 1 });
        Store(index, Owner(0b1111), origin: RecordOrigin.Own);
        Store(index, Owner(0b1110), origin: RecordOrigin.Own);
        Assert.Equal((2, 0), (index.Count, index.StrangerCount));

        Store(index, Owner(0b1000));
        Store(index, Owner(0b0001));
        Assert.Equal([Owner(0b1000)], Heads(_evicted));
        Assert.Equal(3, index.Count);
    }

    [Fact]
    public void Commit_StrangerProlongsOurOwn_LeavesItOurs()
    {
        RecordIndex index = Create();
        Store(index, Content(0b0001, expiry: 1000), origin: RecordOrigin.Own);
        Store(index, Content(0b0001, expiry: 1100), origin: RecordOrigin.Cache);
        Assert.True(Assert.Single(index.ClosestFirst).IsOwn);
        Assert.Equal(0, index.StrangerCount);
    }

    [Fact]
    public void Reaffirm_StrangersRecordByOurCaller_IsOurs()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 1, MaxRecordsPerGroup = 1 });
        Store(index, Content(0b1000));
        index.Reaffirm(Content(0b1000), default, RecordOrigin.Own, _evicted);
        index.Reaffirm(Content(0b1000), Red, RecordOrigin.Cache, _evicted);
        Store(index, Owner(0b0001));

        Assert.Empty(_evicted);
        Assert.True(index.Find(Content(0b1000).Key, default)!.IsOwn);
    }

    [Fact]
    public void Reaffirm_OfACachedRecord_ChargesItToWhoeverPutsIt()
    {
        RecordIndex index = Create();
        Store(index, Content(0b1000), Red, RecordOrigin.Cache);
        index.Reaffirm(Content(0b1000), Blue, RecordOrigin.Replica, _evicted);
        Assert.Equal((Blue, RecordOrigin.Replica), Claim(index, Content(0b1000)));
        Assert.Equal((1, 100L), (index.StrangerCount, index.StrangerBytes));
    }

    [Fact]
    public void Reaffirm_OfAReplicaThatSomebodyPutsAsItIs_LeavesItWhereNobodyElseCanPushItOut()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b1000), Red, RecordOrigin.Replica);
        index.Reaffirm(Owner(0b1000), Blue, RecordOrigin.Put, _evicted);
        Assert.Equal((Red, RecordOrigin.Replica), Claim(index, Owner(0b1000)));
    }

    [Fact]
    public void Commit_OfAGreaterRecordThatSomebodyElseBrings_StaysChargedToWhoPutTheLesser()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b1000, sequence: 1), Red);
        Store(index, Owner(0b1000, sequence: 2), Blue, RecordOrigin.Replica);
        Assert.Equal((Red, RecordOrigin.Put), Claim(index, Owner(0b1000)));
        Store(index, Owner(0b1000, sequence: 3), Blue);
        Assert.Equal((Red, RecordOrigin.Put), Claim(index, Owner(0b1000)));
    }

    [Fact]
    public void Commit_OfAGreaterRecordThatIsPutWhereAReplicaWas_IsChargedToWhoPutIt()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b1000, sequence: 1), Red, RecordOrigin.Replica);
        Store(index, Owner(0b1000, sequence: 2), Blue);
        Assert.Equal((Blue, RecordOrigin.Put), Claim(index, Owner(0b1000)));
    }

    [Fact]
    public void TryReserve_OfWhatIsToBeCached_MakesNoRoom()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 2, MaxRecordsPerGroup = 2 });
        Store(index, Owner(0b1000), Red);
        Store(index, Content(0b0100), Red, RecordOrigin.Cache);
        Assert.False(index.TryReserve(Content(0b0001), Blue, RecordOrigin.Cache, _evicted));
        Assert.Empty(_evicted);
        Store(index, Owner(0b0010), Blue);
        Assert.Equal([Content(0b0100)], Heads(_evicted));
    }

    [Fact]
    public void TryReserve_PutsFillTheirPool_ReplicasHaveTheirOwn()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 1 });
        Store(index, Owner(0b0001), Red);
        Store(index, Owner(0b1000), Red, RecordOrigin.Replica);
        Assert.Empty(_evicted);
        Store(index, Owner(0b0100), Red, RecordOrigin.Replica);
        Assert.Equal([Owner(0b1000)], Heads(_evicted));
    }

    [Fact]
    public void TryReserve_ReplicasAreFull_TheFarthestLeavesWhoeverGaveIt()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 3, MaxRecordsPerGroup = 2 });
        Store(index, Open(0b0001, writer: 1), Red, RecordOrigin.Replica);
        Store(index, Open(0b0010, writer: 2), Red, RecordOrigin.Replica);
        Store(index, Open(0b1000, writer: 3), Blue, RecordOrigin.Replica);
        Store(index, Open(0b0100, writer: 4), new AddressGroup(3), RecordOrigin.Replica);
        Assert.Equal([Open(0b1000, writer: 3)], Heads(_evicted));
        Assert.False(index.TryReserve(Open(0b1100, writer: 5), new AddressGroup(4), RecordOrigin.Replica, _evicted));
    }

    [Fact]
    public void TryReserve_NeighbourOverItsShareOfReplicas_PaysItselfThoughOthersGaveFarther()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 9, MaxRecordsPerGroup = 2 });
        Store(index, Open(0b1111, writer: 1), Blue, RecordOrigin.Replica);
        Store(index, Open(0b1000, writer: 2), Red, RecordOrigin.Replica);
        Store(index, Open(0b0100, writer: 3), Red, RecordOrigin.Replica);
        Store(index, Open(0b0010, writer: 4), Red, RecordOrigin.Replica);
        Assert.Equal([Open(0b1000, writer: 2)], Heads(_evicted));
    }

    [Fact]
    public void TryReserve_WriterOverItsShareOfReplicas_PaysItselfThroughWhomeverTheyCame()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 9, MaxRecordsPerGroup = 2 });
        Store(index, Open(0b1111, writer: 1), Red, RecordOrigin.Replica);
        Store(index, Open(0b1000, writer: 2), Red, RecordOrigin.Replica);
        Store(index, Open(0b0100, writer: 2), Blue, RecordOrigin.Replica);
        Store(index, Open(0b0010, writer: 2), new AddressGroup(3), RecordOrigin.Replica);
        Assert.Equal([Open(0b1000, writer: 2)], Heads(_evicted));
        Store(index, Content(0b0011), Blue, RecordOrigin.Replica);
        Store(index, Content(0b0101), new AddressGroup(3), RecordOrigin.Replica);
        Store(index, Content(0b0111), new AddressGroup(4), RecordOrigin.Replica);
        Assert.Single(_evicted);
    }

    [Fact]
    public void TryReserve_ReplicasAreFullOfTombstones_ValuesLeaveFirst()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 2, MaxRecordsPerGroup = 2, MaxTombstones = 2 });
        Store(index, Tombstone(0b1111, 1), Red, RecordOrigin.Replica);
        Store(index, Owner(0b0001), Blue, RecordOrigin.Replica);
        Store(index, Tombstone(0b1000, 1), Blue, RecordOrigin.Replica);
        Assert.Equal([Owner(0b0001)], Heads(_evicted));
    }

    /// <summary>By count, and by bytes: four within their quarters crowd out no value.</summary>
    [Fact]
    public void TryReserve_TombstonesOfManyGiversAreHalfOfTheReplicas_TheFarthestOfThemLeavesBeforeAnyValue()
    {
        foreach (RecordLimits limits in new RecordLimits[] { new() { MaxRecords = 8 }, new() { MaxBytes = 800 } })
        {
            RecordIndex index = Create(limits);
            RecordHead[] values = [.. Enumerable.Range(12, 4).Select(i => Open((ulong)i, writer: (ulong)i))];
            RecordHead[] tombstones = [.. Enumerable.Range(1, 11).Reverse().Select(i => Open((ulong)i, writer: (ulong)i) with { IsTombstone = true })];
            Array.ForEach(values, value => Store(index, value, new AddressGroup(value.Writer.Word3), RecordOrigin.Replica));
            _evicted.Clear();
            Array.ForEach(tombstones, tombstone => Store(index, tombstone, new AddressGroup(tombstone.Writer.Word3), RecordOrigin.Replica));
            Assert.Equal(tombstones[..7], Heads(_evicted));
            Assert.False(index.TryReserve(tombstones[0], new AddressGroup(11), RecordOrigin.Replica, _evicted));
            Assert.Equal([.. tombstones[7..].Reverse(), .. values], Heads(index.ClosestFirst));
        }
    }

    [Fact]
    public void TryReserve_TombstonesThatWerePut_AreNotBoundByWhatOthersHave()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 8, MaxRecordsPerGroup = 8 });
        for (ulong i = 1; i <= 8; i++)
        {
            Store(index, Open(i, writer: i) with { IsTombstone = true }, i <= 7 ? Red : Blue);
        }

        Assert.Empty(_evicted);
        Store(index, Open(0b1111, writer: 9), Blue);
        Assert.Equal(Red, Assert.Single(_evicted).Source);
    }

    [Fact]
    public void TryReserve_WhatWasKeptFromBefore_HasNoShareToKeepTo()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 4, MaxRecordsPerGroup = 1 });
        for (ulong key = 1; key <= 8; key++)
        {
            Store(index, Open(key, writer: key), default(AddressGroup), index.RoomierOrigin);
        }

        Assert.Empty(_evicted);
    }

    [Fact]
    public void TryReserve_OpenKeyIsFull_LargestGroupPays()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecordsPerKey = 3 });
        Store(index, Open(0b1000, writer: 1, expiry: 1003), Red);
        Store(index, Open(0b1000, writer: 2, expiry: 1001), Red);
        Store(index, Open(0b1000, writer: 3, expiry: 1000), Blue);
        Store(index, Open(0b1000, writer: 4, expiry: 1000), Blue);

        Assert.Equal([Open(0b1000, writer: 2, expiry: 1001)], Heads(_evicted));
        Assert.Equal([1UL, 3UL, 4UL], WritersUnder(index, 0b1000));
    }

    [Fact]
    public void TryReserve_OpenKeyIsFull_AWriterStillReplacesItsOwnSlot()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecordsPerKey = 1 });
        Store(index, Open(0b1000, writer: 1));
        Store(index, Open(0b1000, writer: 1, sequence: 9));
        Assert.Empty(_evicted);
        Assert.Equal(9, Assert.Single(index.ClosestFirst).Head.Sequence);
    }

    [Fact]
    public void TryReserve_OtherKindsUnderTheSameHash_AreNotCountedTogether()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecordsPerKey = 1 });
        Store(index, Open(0b1000, writer: 1));
        Store(index, Owner(0b1000));
        Store(index, Content(0b1000));
        Assert.Empty(_evicted);
        Assert.Equal(3, index.Count);
    }

    [Fact]
    public void TryReserve_SlotIsBeingWritten_EvictsAnother()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecords = 3, MaxRecordsPerGroup = 3 });
        Store(index, Owner(0b1000, sequence: 1));
        Store(index, Owner(0b0100));
        index.TryReserve(Owner(0b1000, sequence: 2), Red, RecordOrigin.Put, _evicted);
        Store(index, Owner(0b0001));

        Assert.Equal([Owner(0b0100)], Heads(_evicted));
        index.Release(Owner(0b1000, sequence: 2));
        Assert.Equal([Owner(0b0001), Owner(0b1000, sequence: 1)], Heads(index.ClosestFirst));
    }

    [Fact]
    public void TryTakeExpired_AtExpiryAndSkew_TakesTheSoonestFirst()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b0001, expiry: 1002));
        Store(index, Owner(0b0010, expiry: 1001), origin: RecordOrigin.Own);
        Store(index, Owner(0b0100, expiry: 2000));

        Assert.False(index.TryTakeExpired(1300, out _));
        Assert.True(index.TryTakeExpired(1302, out RecordEntry? first));
        Assert.True(index.TryTakeExpired(1302, out RecordEntry? second));
        Assert.False(index.TryTakeExpired(1302, out _));
        Assert.Equal([Owner(0b0010, expiry: 1001), Owner(0b0001, expiry: 1002)], Heads([first, second]));
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public void TryTakeExpired_WhileItsSlotIsBeingWritten_LeavesTheWrite()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b0001, sequence: 1, expiry: 1000));
        RecordHead next = Owner(0b0001, sequence: 2, expiry: 5000);
        index.TryReserve(next, Red, RecordOrigin.Put, _evicted);
        Assert.True(index.TryTakeExpired(1300, out _));
        index.Commit(next);
        Assert.Equal([next], Heads(index.ClosestFirst));
        Assert.Equal(1, index.StrangerCount);
    }

    [Fact]
    public void TryReserve_OurOpenRecordThatAStrangerProlonged_IsNotAmongThoseThatPay()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecordsPerKey = 2 });
        RecordHead own = Open(0b0001, writer: 1, expiry: 1000);
        Store(index, own, default(AddressGroup), RecordOrigin.Own);
        RecordHead prolonged = own with { ExpirySeconds = 1500 };
        Store(index, prolonged, Red);
        Store(index, Open(0b0001, writer: 2, expiry: 2000), Red);
        Store(index, Open(0b0001, writer: 3, expiry: 2001), Red);
        Store(index, Open(0b0001, writer: 4, expiry: 2002), Red);
        Assert.Equal([Open(0b0001, writer: 2, expiry: 2000)], Heads(_evicted));
        Assert.Equal(prolonged, index.Find(own.Key, own.Writer)?.Head);
    }

    [Fact]
    public void TryReserve_OfAnotherWhileOursReplacesAStrangersRecord_CountsThatRecordStill()
    {
        RecordIndex index = Create(new RecordLimits { MaxRecordsPerKey = 2 });
        Store(index, Open(0b0001, writer: 1, sequence: 1), Blue);
        Store(index, Open(0b0001, writer: 2), Red);
        Assert.True(index.TryReserve(Open(0b0001, writer: 1, sequence: 2), default, RecordOrigin.Own, _evicted));
        Store(index, Open(0b0001, writer: 3, expiry: 2000), Red);
        Assert.Equal([Open(0b0001, writer: 2)], Heads(_evicted));
    }

    [Fact]
    public void Remove_EntryThatWasReplaced_DoesNothing()
    {
        RecordIndex index = Create();
        Store(index, Owner(0b0001, sequence: 1));
        RecordEntry old = Assert.Single(index.ClosestFirst);
        Store(index, Owner(0b0001, sequence: 2));
        index.Remove(old);
        Assert.Equal(1, index.Count);
        index.Remove(Assert.Single(index.ClosestFirst));
        Assert.Equal(0, index.Count);
    }

    private static RecordIndex Create(RecordLimits? limits = null) => new(default, limits ?? new RecordLimits());

    private static RecordHead Owner(ulong key, long sequence = 1, ulong value = 0, long expiry = 1000, int size = 100) =>
        new(Key(RecordKind.Owner, key), Id(7), sequence, false, Id(value), expiry, size);

    private static RecordHead Tombstone(ulong key, long sequence) => Owner(key, sequence) with { IsTombstone = true };

    private static RecordHead Open(ulong key, ulong writer, long sequence = 1, long expiry = 1000) =>
        new(Key(RecordKind.Open, key), Id(writer), sequence, false, default, expiry, 100);

    private static RecordHead Content(ulong key, long expiry = 1000) =>
        new(Key(RecordKind.Content, key), default, 0, false, Id(key), expiry, 100);

    private static RecordKey Key(RecordKind kind, ulong bits) => new(kind, Id(bits));

    private static NodeId Id(ulong bits) => new(bits << 60, 0, 0, bits);

    private static IEnumerable<RecordHead> Heads(IEnumerable<RecordEntry> entries) => entries.Select(entry => entry.Head);

    private static (AddressGroup Source, RecordOrigin Origin) Claim(RecordIndex index, RecordHead slot)
    {
        RecordEntry held = index.Find(slot.Key, slot.Writer)!;
        return (held.Source, held.Origin);
    }

    private static List<ulong> WritersUnder(RecordIndex index, ulong key)
    {
        List<ulong> writers = [];
        foreach (RecordEntry entry in index.Under(Key(RecordKind.Open, key)))
        {
            writers.Add(entry.Writer.Word3);
        }

        return writers;
    }

    private void Store(RecordIndex index, RecordHead head, AddressGroup? source = null, RecordOrigin origin = RecordOrigin.Put)
    {
        Assert.True(index.TryReserve(head, source ?? Red, origin, _evicted));
        index.Commit(head);
    }
}
