using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>One put in one overlay: the walk, the stores, and those who answer late.</summary>
internal sealed class PutWalk
{
    private readonly NodeCore _core;
    private readonly Overlay _overlay;
    private readonly Record _record;
    private readonly long _expectedSequence;
    private readonly CancelScope _scope;
    private readonly List<StoreVerdict> _verdicts = [];
    private readonly List<Record> _newer = [];
    private readonly List<CoreTask> _stores = [];

    public PutWalk(NodeCore core, Overlay overlay, Record record, long expectedSequence, CancelScope scope)
    {
        (_core, _overlay, _record) = (core, overlay, record);
        (_expectedSequence, _scope) = (expectedSequence, scope);
        FindNodeQuestion question = new(core, record.Key.Hash, AddressFamilies.None, core.Options.StoreAttempts);
        Walk = new Walk(core, overlay, record.Key.Hash, question, scope) { LateAnswer = OnLateAnswer };
    }

    public Walk Walk { get; }

    public IReadOnlyList<StoreVerdict> Verdicts => _verdicts;

    /// <summary>What holders sent as newer, not verified.</summary>
    public IReadOnlyList<Record> Newer => _newer;

    /// <summary>The nodes that should hold the record: k, or as many as there are.</summary>
    public IReadOnlyList<NodeId> Wanted { get; private set; } = [];

    /// <summary>Walks, stores, waits for the late, and collects what each said.</summary>
    public async CoreTask RunAsync()
    {
        await Walk.Start();
        Contact[] closest = Walk.Closest();
        bool holdsItself = !_core.Options.IsClient && IsAmongClosest(closest);
        int others = Math.Min(closest.Length, _core.Options.BucketSize - (holdsItself ? 1 : 0));
        Wanted = [.. closest[..others].Select(c => c.Id), .. holdsItself ? new[] { _core.Id } : []];
        Walk.GoOnAsking();
        if (holdsItself)
        {
            _stores.Add(HoldAsync());
        }

        foreach (Contact contact in closest[..others])
        {
            _stores.Add(StoreAsync(contact));
        }

        await Walk.WhenQuietAsync();
        for (int i = 0; i < _stores.Count; i++)
        {
            await _stores[i];
        }
    }

    private bool IsAmongClosest(Contact[] closest) =>
        closest.Length < _core.Options.BucketSize
        || (_core.Id ^ _record.Key.Hash) < (closest[^1].Id ^ _record.Key.Hash);

    private void OnLateAnswer(Contact contact) => _stores.Add(StoreAsync(contact));

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
            IsSlowWork = true,
        }.Send();
        TimeSpan skew = answer is null ? TimeSpan.Zero : TimeSpan.FromSeconds(answer.ClockSeconds - _core.WallSeconds);
        Add(contact, answer?.Outcome ?? StoreOutcome.TimedOut, answer?.Newer, skew);
    }

    private void Add(Contact contact, StoreOutcome outcome, Record? newer, TimeSpan skew)
    {
        bool lost = outcome is StoreOutcome.Older or StoreOutcome.Conflict;
        _verdicts.Add(new StoreVerdict(contact, outcome, lost ? newer?.Sequence ?? 0 : 0, skew));
        if (lost && newer is not null)
        {
            _newer.Add(newer);
        }
    }
}
