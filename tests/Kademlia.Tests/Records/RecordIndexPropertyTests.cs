using FsCheck;
using FsCheck.Fluent;
using Kademlia.Records;

namespace Kademlia.Tests.Records;

public class RecordIndexPropertyTests
{
    private const int Steps = 60;

    private static readonly RecordLimits Limits = new()
    {
        MaxRecords = 7,
        MaxBytes = 900,
        MaxRecordsPerKey = 3,
        MaxBytesPerKey = 350,
        MaxRecordsPerGroup = 4,
        MaxBytesPerGroup = 500,
    };

    private static readonly Gen<RecordHead> Heads =
        from kind in Gen.Elements(RecordKind.Owner, RecordKind.Open, RecordKind.Open, RecordKind.Content)
        from key in Gen.Choose(1, 4)
        from writer in Gen.Choose(1, 5)
        from sequence in Gen.Choose(0, 3)
        from isTombstone in Gen.Elements(true, false, false)
        from value in Gen.Choose(0, 1)
        from expiry in Gen.Choose(1, 40)
        from size in Gen.Choose(50, 200)
        select kind == RecordKind.Content
            ? new RecordHead(Key(kind, key), default, 0, false, Id(key), expiry * 100, 60 + key)
            : new RecordHead(Key(kind, key), kind == RecordKind.Owner ? Id(9) : Id(writer), sequence, isTombstone, Id(value), expiry * 100, size);

    private static readonly Gen<Step> AnyStep =
        from verb in Gen.Elements(Verb.Store, Verb.Store, Verb.Store, Verb.Store, Verb.Reserve, Verb.Commit, Verb.Release, Verb.Expire, Verb.Reaffirm)
        from head in Heads
        from source in Gen.Choose(1, 3)
        from origin in Gen.Elements(
            RecordOrigin.Put, RecordOrigin.Put, RecordOrigin.Replica, RecordOrigin.Replica, RecordOrigin.Cache, RecordOrigin.Own)
        from expected in Gen.Elements(RecordIndex.Unconditional, RecordIndex.Unconditional, 0, 1, 2)
        select new Step(verb, head, new AddressGroup((ulong)source), origin, expected);

    private enum Verb
    {
        Store,
        Reserve,
        Commit,
        Release,
        Expire,
        Reaffirm,
    }

    [Fact]
    public void Any_sequence_of_steps_goes_as_in_the_naive_model_and_stays_within_the_limits()
    {
        int evictions = 0;
        int refusals = 0;
        Prop.ForAll(AnyStep.ListOf(Steps).ToArbitrary(), steps =>
        {
            Pair pair = new();
            foreach (Step step in steps)
            {
                pair.Apply(step);
                pair.AssertEqual();
                pair.AssertWithinLimits();
            }

            evictions += pair.Evictions;
            refusals += pair.Refusals;
        }).QuickCheckThrowOnFailure();
        Assert.True(evictions > 20 && refusals > 20, $"{evictions} evictions and {refusals} refusals are too few to mean anything.");
    }

    [Fact]
    public void A_store_that_loses_or_whose_expectation_is_not_met_changes_nothing_and_an_identical_one_is_stored() =>
        Prop.ForAll(AnyStep.ListOf(Steps).ToArbitrary(), steps =>
        {
            RecordIndex index = new(default, new RecordLimits());
            foreach (Step step in steps)
            {
                RecordHead? held = index.Find(step.Head.Key, step.Head.Writer)?.Head;
                AssertVerdict(index.Judge(step.Head, step.Expected), step, held);
                if (index.Judge(step.Head, step.Expected) == StoreOutcome.Stored && !index.IsHeld(step.Head))
                {
                    Assert.True(index.TryReserve(step.Head, step.Source, step.Origin, []));
                    index.Commit(step.Head);
                    Assert.Equal(StoreOutcome.Stored, index.Judge(step.Head, step.Expected));
                }

                RecordHead now = index.Find(step.Head.Key, step.Head.Writer)?.Head ?? default;
                Assert.True(held is null || RecordOrder.Compare(now, held.Value) >= 0);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Replicas_in_any_order_come_to_the_same_contents() =>
        Prop.ForAll(Heads.ListOf(20).ToArbitrary(), heads =>
        {
            List<RecordHead> forth = Replicate(heads);
            List<RecordHead> back = Replicate(Enumerable.Reverse(heads));
            return forth.SequenceEqual(back) && forth.SequenceEqual(Replicate(heads.Concat(heads)));
        }).QuickCheckThrowOnFailure();

    private static List<RecordHead> Replicate(IEnumerable<RecordHead> heads)
    {
        RecordIndex index = new(default, new RecordLimits());
        foreach (RecordHead head in heads)
        {
            if (index.Judge(head, RecordIndex.Unconditional) == StoreOutcome.Stored && !index.IsHeld(head))
            {
                index.TryReserve(head, default, RecordOrigin.Replica, []);
                index.Commit(head);
            }
        }

        // Sizes are not part of the order: equal fields have equal sizes outside this test.
        return [.. index.ClosestFirst.Select(entry => entry.Head with { Size = 0 })];
    }

    private static void AssertVerdict(StoreOutcome outcome, Step step, RecordHead? held)
    {
        bool isContent = step.Head.Kind == RecordKind.Content;
        int order = held is null ? 1 : RecordOrder.Compare(step.Head, held.Value);
        bool isExpected = step.Expected < 0 || (step.Expected == 0 ? held is null : held?.Sequence == step.Expected);
        StoreOutcome wanted = isContent || order == 0 || (isExpected && order > 0) ? StoreOutcome.Stored
            : isExpected && step.Head.Sequence < held!.Value.Sequence ? StoreOutcome.Older
            : StoreOutcome.Conflict;
        Assert.Equal(wanted, outcome);
    }

    private static RecordKey Key(RecordKind kind, int bits) => new(kind, Id(bits));

    private static NodeId Id(int bits) => new((ulong)bits << 60, 0, 0, (ulong)bits);

    private sealed record Step(Verb Verb, RecordHead Head, AddressGroup Source, RecordOrigin Origin, long Expected);

    /// <summary>The index and the model, side by side.</summary>
    private sealed class Pair
    {
        private readonly RecordIndex _index = new(default, Limits);
        private readonly NaiveRecordIndex _model = new(Limits);

        public int Evictions { get; private set; }

        public int Refusals { get; private set; }

        public void Apply(Step step)
        {
            switch (step.Verb)
            {
                case Verb.Store or Verb.Reserve:
                    Reserve(step);
                    break;
                case Verb.Commit when _model.Pending.FirstOrDefault() is { } entry:
                    Commit(entry.Head);
                    break;
                case Verb.Release when _model.Pending.FirstOrDefault() is { } entry:
                    _index.Release(entry.Head);
                    _model.Pending.Remove(entry);
                    break;
                case Verb.Expire:
                    Expire(step.Head.ExpirySeconds / 4);
                    break;
                case Verb.Reaffirm when _model.Find(step.Head) is { } held:
                    Reaffirm(held.Head, step);
                    break;
                default:
                    break;
            }
        }

        public void AssertEqual()
        {
            IEnumerable<RecordEntry> held = _model.Held.OrderBy(entry => entry.Distance).ThenBy(entry => entry.Key.Kind).ThenBy(entry => entry.Writer);
            Assert.Equal(held, _index.ClosestFirst);
            Assert.Equal((_model.Held.Count, _model.Held.Sum(entry => (long)entry.Head.Size)), (_index.Count, _index.Bytes));
            Assert.Equal(_model.Strangers.Count(), _index.StrangerCount);
            Assert.Equal(_model.Strangers.Sum(entry => (long)entry.Head.Size), _index.StrangerBytes);
            _index.AssertInvariants();
        }

        public void AssertWithinLimits()
        {
            foreach (IGrouping<bool, RecordEntry> pool in _model.Strangers.GroupBy(entry => entry.Origin == RecordOrigin.Replica))
            {
                AssertWithin(pool, Limits.MaxRecords, Limits.MaxBytes);
                Assert.All(pool.GroupBy(entry => entry.Source), group => AssertWithin(group, Limits.MaxRecordsPerGroup, Limits.MaxBytesPerGroup));
                Assert.All(
                    pool.Where(entry => pool.Key && entry.Head.Kind != RecordKind.Content).GroupBy(entry => entry.Writer),
                    writer => AssertWithin(writer, Limits.MaxRecordsPerGroup, Limits.MaxBytesPerGroup));
                AssertWithin(pool.Where(entry => pool.Key && entry.Head.IsTombstone), Limits.MaxTombstones, Limits.MaxTombstoneBytes);
            }

            Assert.All(_index.ClosestFirst.Where(entry => !entry.IsOwn && entry.Head.Kind == RecordKind.Open).GroupBy(entry => entry.Key), key =>
                Assert.True(key.Count() <= Limits.MaxRecordsPerKey && key.Sum(entry => entry.Head.Size) <= Limits.MaxBytesPerKey));
        }

        private void Reserve(Step step)
        {
            bool isReserved = _index.FindPending(step.Head.Key, step.Head.Writer) is not null;
            if (isReserved || _index.Judge(step.Head, step.Expected) != StoreOutcome.Stored || _index.IsHeld(step.Head))
            {
                return;
            }

            List<RecordEntry> evicted = [];
            List<RecordEntry> expected = [];
            bool reserved = _model.TryReserve(step.Head, step.Source, step.Origin, expected);
            Assert.Equal(reserved, _index.TryReserve(step.Head, step.Source, step.Origin, evicted));
            Assert.Equal(expected, evicted);
            Assert.DoesNotContain(evicted, entry => entry.IsOwn);
            Evictions += evicted.Count;
            Refusals += reserved ? 0 : 1;
            if (reserved && step.Verb == Verb.Store)
            {
                Commit(step.Head);
            }
        }

        private void Reaffirm(RecordHead held, Step step)
        {
            List<RecordEntry> evicted = [];
            List<RecordEntry> expected = [];
            _index.Reaffirm(held, step.Source, step.Origin, evicted);
            _model.Reaffirm(held, step.Source, step.Origin, expected);
            Assert.Equal(expected, evicted);
        }

        private static void AssertWithin(IEnumerable<RecordEntry> entries, int count, long bytes) =>
            Assert.True(entries.Count() <= count && entries.Sum(entry => entry.Head.Size) <= bytes);

        private void Commit(RecordHead head)
        {
            _index.Commit(head);
            _model.Commit(head);
        }

        private void Expire(long now)
        {
            while (_index.TryTakeExpired(now, out RecordEntry? entry))
            {
                Assert.True(entry.Head.ExpirySeconds + RecordExpiry.SkewSeconds <= now);
                Assert.True(_model.Held.Remove(entry));
            }

            Assert.DoesNotContain(_model.Held, entry => entry.Head.ExpirySeconds + RecordExpiry.SkewSeconds <= now);
        }
    }
}
