using FsCheck;
using FsCheck.Fluent;
using Kademlia.Core;
using Kademlia.Records;
using Kademlia.Tests.Records;

namespace Kademlia.Tests.Core;

/// <summary>Whatever comes in whatever order, what is told is what changes, once.</summary>
public sealed class WatchedRecordsTests : IDisposable
{
    private readonly RecordSamples[] _writers = [RecordSamples.Simulated, new(new Kademlia.Identity.KeyedHashScheme(new Random(2)))];
    private readonly List<RecordChange> _told = [];
    private readonly WatchedRecords _records;

    public WatchedRecordsTests() => _records = new WatchedRecords(_told.Add);

    private IEnumerable<RecordChangeKind> Kinds => _told.Select(t => t.Kind);

    public void Dispose() => Array.ForEach(_writers, w => w.Dispose());

    [Fact]
    public void Offer_ThroughALife_TellsEachStep()
    {
        RecordSamples writer = _writers[0];
        foreach (Record record in new[]
        {
            writer.Open(sequence: 1), writer.Open(sequence: 1), writer.Open("other", sequence: 2), writer.Open(sequence: 1),
            writer.Tombstone(RecordKind.Open, sequence: 3, "topic"), writer.Tombstone(RecordKind.Open, sequence: 4, "topic"), writer.Open(sequence: 5),
        })
        {
            _records.Offer(record);
        }

        Assert.Equal(
            [RecordChangeKind.Added, RecordChangeKind.Updated, RecordChangeKind.Deleted, RecordChangeKind.Added], Kinds);
    }

    [Fact]
    public void Offer_OnlyALaterExpiry_IsKeptAndNotTold()
    {
        _records.Offer(_writers[0].Open());
        _records.Offer(_writers[0].Open(expiry: RecordSamples.Expiry + 60));
        Assert.Equal((1, RecordSamples.Expiry + 60), (_told.Count, _records.All.Single().ExpirySeconds));
    }

    [Fact]
    public void Expire_TellsOfValuesWhenTheyAreOverAndForgetsMarkers()
    {
        _records.Offer(_writers[0].Open());
        _records.Offer(_writers[1].Tombstone(RecordKind.Open, 5, "topic"));
        _records.Expire(RecordSamples.Expiry + RecordExpiry.SkewSeconds - 1);
        Assert.Equal([RecordChangeKind.Added], Kinds);
        _records.Expire(RecordSamples.Expiry + RecordExpiry.SkewSeconds);
        Assert.Equal([RecordChangeKind.Added, RecordChangeKind.Expired], Kinds);
        Assert.Equal((0, 0UL), (_records.All.Count(), _records.State));
    }

    [Fact]
    public void State_IsTheSameInWhateverOrderAndThatOfHolders() => Prop.ForAll(Steps, steps =>
    {
        WatchedRecords forwards = new(_ => { });
        WatchedRecords backwards = new(_ => { });
        Array.ForEach(steps, s => forwards.Offer(Make(s)));
        Array.ForEach([.. steps.Reverse()], s => backwards.Offer(Make(s)));
        return forwards.State == backwards.State;
    }).QuickCheckThrowOnFailure();

    /// <summary>A slow reader sees fewer changes, and ends with the same view as one that sees all.</summary>
    [Fact]
    public void Then_AnyChangesPutTogether_LeaveTheSameViewAsEachAlone() => Prop.ForAll(Steps, steps =>
    {
        _told.Clear();
        WatchedRecords records = new(_told.Add);
        Array.ForEach(steps, s => records.Offer(Make(s with { Writer = 0 })));
        records.Expire(steps.Length % 2 == 0 ? RecordSamples.Expiry + RecordExpiry.SkewSeconds : 0);
        for (int at = 0; at < _told.Count; at++)
        {
            Record? view = _told.Take(at).Aggregate((Record?)null, Apply);
            RecordChange? rest = _told.Skip(at + 1).Aggregate((RecordChange?)_told[at], (both, next) => both is null ? next : both.Then(next));
            bool sameView = _told.Aggregate((Record?)null, Apply) == (rest is null ? view : Apply(view, rest));
            bool fits = rest is null || (rest.Kind == RecordChangeKind.Added) == (view is null);
            if (!sameView || !fits)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<Step[]> Steps =>
        (from writer in Gen.Choose(0, 1)
         from sequence in Gen.Choose(1, 6)
         from isTombstone in Gen.Elements(false, false, true)
         select new Step(writer, sequence, isTombstone)).ArrayOf().ToArbitrary();

    private static Record? Apply(Record? _, RecordChange change) =>
        change.Kind is RecordChangeKind.Deleted or RecordChangeKind.Expired ? null : change.Record;

    private Record Make(Step step) => step.IsTombstone
        ? _writers[step.Writer].Tombstone(RecordKind.Open, step.Sequence, "topic")
        : _writers[step.Writer].Open($"{step.Sequence}", step.Sequence);

    private sealed record Step(int Writer, int Sequence, bool IsTombstone);
}
