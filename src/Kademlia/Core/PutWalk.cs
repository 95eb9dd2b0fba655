using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>One put in one overlay: the walk, the stores, and those who answer late.</summary>
internal sealed class PutWalk
{
    /// <summary>So long a holder may take to make a record durable before a put gives it up.</summary>
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(2);

    /// <summary>So many of those who cannot say in a datagram what they hold instead are asked for it, until one tells.</summary>
    private const int MaxAskedForNewer = 3;

    private readonly NodeCore _core;
    private readonly Overlay _overlay;
    private readonly Record _record;
    private readonly long _expectedSequence;
    private readonly CancelScope _scope;
    private readonly TimeSpan _deadline;
    private readonly List<StoreVerdict> _verdicts = [];
    private readonly List<Record> _newer = [];
    private readonly List<CoreTask> _stores = [];
    private readonly HashSet<Contact> _askedToStore = [];
    private readonly List<Contact> _silent = [];

    public PutWalk(NodeCore core, Overlay overlay, Record record, long expectedSequence, CancelScope scope)
    {
        (_core, _overlay, _record) = (core, overlay, record);
        (_expectedSequence, _scope) = (expectedSequence, scope);
        _deadline = core.Now + core.Options.RequestTimeout;
        FindNodeQuestion question = new(core, record.Key.Hash, AddressFamilies.None, core.Options.StoreAttempts);
        Walk = new Walk(core, overlay, record.Key.Hash, question, scope) { AsksOn = true, Answered = OnAnswered };
    }

    public Walk Walk { get; }

    public IReadOnlyList<StoreVerdict> Verdicts => _verdicts;

    /// <summary>What holders sent as newer, not verified.</summary>
    public IReadOnlyList<Record> Newer => _newer;

    /// <summary>The nodes that should hold the record: k, or as many as there are, and those that seemed to be among them for a while.</summary>
    public IReadOnlyList<NodeId> Wanted { get; private set; } = [];

    /// <summary>Walks, stores, waits for the late, and collects what each said.</summary>
    public async CoreTask RunAsync()
    {
        if (_overlay.Table.Count < _core.Options.BucketSize)
        {
            await _core.Newcomers.WhenExaminedAsync(_scope);
        }

        await Walk.Start();
        Contact[] closest = Walk.Closest();
        bool holdsItself = _overlay.Serves && IsAmongClosest(closest);
        int others = Math.Min(closest.Length, _core.Options.BucketSize - (holdsItself ? 1 : 0));
        if (holdsItself)
        {
            _stores.Add(HoldAsync());
        }

        StoreAt(closest[..others]);
        using CoreDeadline lateEnd = new(_core, TimeLeft, Walk.StopAsking);
        await Walk.WhenQuietAsync();
        for (int i = 0; i < _stores.Count; i++)
        {
            await _stores[i];
        }

        await LearnNewerAsync();
        Wanted = [.. _askedToStore.Select(c => c.Id), .. holdsItself ? new[] { _core.Id } : []];
    }

    /// <summary>The late are asked, and stores repeated, until the request timeout counted from the put's beginning; a late store has its patience more.</summary>
    private TimeSpan TimeLeft => _deadline - _core.Now;

    private bool IsAmongClosest(Contact[] closest) =>
        closest.Length < _core.Options.BucketSize
        || (_core.Id ^ _record.Key.Hash) < (closest[^1].Id ^ _record.Key.Hash);

    /// <summary>Stores at those who are sure enough to be among the closest while others are still asked; later at whoever answers late.</summary>
    private void OnAnswered(Contact contact, bool isLate) => StoreAt(isLate ? [contact] : Walk.Settled(SureOf(_core.Options.BucketSize)));

    /// <summary>The farthest quarter of the k may still lose their places to somebody that comes to light.</summary>
    private static int SureOf(int bucketSize) => bucketSize * 3 / 4;

    private void StoreAt(IEnumerable<Contact> contacts)
    {
        foreach (Contact contact in contacts.Where(_askedToStore.Add))
        {
            _stores.Add(StoreAsync(contact));
        }
    }

    private async CoreTask HoldAsync()
    {
        (StoreOutcome outcome, Record? newer) = await _core.Holding.HoldOwnAsync(_record, _expectedSequence);
        Add(new Contact(_core.Id, _core.PublicEndPointOf(_overlay)), outcome, newer, TimeSpan.Zero);
    }

    private async CoreTask StoreAsync(Contact contact)
    {
        StoreAnswer? answer = await new StoreOut(_core, contact, _record, StorePurpose.Put, _expectedSequence, _scope)
        {
            MaxAttempts = _core.Options.StoreAttempts,
            Patience = StorePatience,
            GiveUpAfter = TimeLeft > StorePatience ? TimeLeft : StorePatience,
        }.StoreAsync();
        TimeSpan skew = answer is null ? TimeSpan.Zero : TimeSpan.FromSeconds(answer.ClockSeconds - _core.WallSeconds);
        Add(contact, answer?.Outcome ?? StoreOutcome.TimedOut, answer?.Newer, skew);
    }

    private void Add(Contact contact, StoreOutcome outcome, Record? newer, TimeSpan skew)
    {
        bool lost = outcome is StoreOutcome.Older or StoreOutcome.Conflict;
        if (lost && newer is null && _record.Kind == RecordKind.Owner)
        {
            _silent.Add(contact);
        }

        _verdicts.Add(new StoreVerdict(contact, outcome, lost ? newer?.Sequence ?? 0 : 0, skew));
        if (lost && newer is not null)
        {
            _newer.Add(newer);
        }
    }

    /// <summary>What stands in the record's place may be too large for the answers to the stores.</summary>
    private async CoreTask LearnNewerAsync()
    {
        foreach (Contact holder in _silent.Take(MaxAskedForNewer))
        {
            if (_newer.Count == 0)
            {
                AskEffect fetch = LargeRecords.Fetch(holder, _record.Key);
                await _core.LargeRecords.AskAsync(fetch, _scope);
                AddNewer(fetch);
            }
        }
    }

    private void AddNewer(AskEffect fetch)
    {
        if (_core.LargeRecords.TryReadRecord(fetch, out RecordView record) && _core.Holding.IsAcceptable(record))
        {
            _newer.Add(new Record(record));
        }
    }
}
