using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Finds records.</summary>
/// <remarks>
/// Content: the first valid. Owner: the newest of three holders that are not displaced, or of all that the walk meets, never older than what this node has seen. Open: the union of all
/// writers. <see cref="GetOptions"/> change it. Absence needs the whole walk, in every overlay.
/// Equal concurrent gets are one, so that a thousand callers of one key cost the network one walk. A write of our own to the key
/// parts them: who gets after it does not join a get from before.
/// </remarks>
internal sealed class Getting(NodeCore core)
{
    /// <summary>So many owner records are remembered as seen, so that a reader never goes back.</summary>
    public const int MaxSeen = 1024;

    /// <summary>And so many bytes of their values.</summary>
    private const int MaxSeenBytes = 4 * 1024 * 1024;

    private readonly Dictionary<RecordKey, LinkedListNode<Record>> _seen = [];
    private readonly LinkedList<Record> _bySeen = new();
    private long _seenBytes;
    private readonly Dictionary<RecordKey, List<SharedGet>> _shared = [];

    /// <summary>The newest owner record that this node has seen under a key, or null.</summary>
    public Record? LastSeen(RecordKey key) => _seen.TryGetValue(key, out LinkedListNode<Record>? node) ? node.Value : null;

    /// <summary>A genuine record was read or written here.</summary>
    public void OnSeen(Record record)
    {
        if (record.Kind != RecordKind.Owner)
        {
            return;
        }

        Record newest = LastSeen(record.Key) is Record known && RecordOrder.Compare(known, record) >= 0 ? known : record;
        Unsee(record.Key);
        while (_seen.Count == MaxSeen || _seenBytes + newest.Value.Length > MaxSeenBytes)
        {
            Unsee(_bySeen.First!.Value.Key);
        }

        _seen.Add(record.Key, _bySeen.AddLast(newest));
        _seenBytes += newest.Value.Length;
    }

    private void Unsee(RecordKey key)
    {
        if (_seen.Remove(key, out LinkedListNode<Record>? node))
        {
            _bySeen.Remove(node);
            _seenBytes -= node.Value.Value.Length;
        }
    }

    /// <summary>Gets what is stored under a key, together with whoever gets the same.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">When it is enough.</param>
    /// <param name="scope">Cancels the waiting, and the get when nobody else waits.</param>
    public async CoreTask<GetResult> GetAsync(RecordKey key, GetOptions options, CancelScope scope)
    {
        scope.ThrowIfCancelled();
        if (_shared.GetValueOrDefault(key)?.Find(s => s.IsEqual(options)) is SharedGet underWay)
        {
            return await underWay.WaitAsync(scope);
        }

        SharedGet get = new(core, key, options);
        CoreTask<GetResult> result = get.WaitAsync(scope);
        Share(get);
        core.RunDetached(core.RunAsync(shared => StreamAsync(key, options, found: null, shared), get.Scope, get.End));
        return await result;
    }

    /// <summary>A write of our own to a key begins or ends: what was asked before may not tell of it.</summary>
    public void OnWrite(RecordKey key) => _shared.Remove(key);

    /// <summary>Lets nobody join a get any more.</summary>
    public void Forget(SharedGet get)
    {
        if (_shared.TryGetValue(get.Key, out List<SharedGet>? gets) && gets.Remove(get) && gets.Count == 0)
        {
            _shared.Remove(get.Key);
        }
    }

    /// <summary>Gets what is stored under a key, alone, and tells of each record as it comes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">When it is enough.</param>
    /// <param name="found">Called for each writer's record as it comes, and again for a newer one; may be null.</param>
    /// <param name="scope">Cancels the get.</param>
    public async CoreTask<GetResult> StreamAsync(RecordKey key, GetOptions options, Action<Record>? found, CancelScope scope)
    {
        TimeSpan started = core.Now;
        RecordCollector collector = new(core, key, options, scope) { Found = found };
        if (core.Overlays.Any(o => !o.Serves || o.IsDisplaced(key.Hash)))
        {
            collector.OnDisplaced(core.Id);
        }

        foreach (Record own in core.Holding.ReadAll(key))
        {
            collector.OfferOwn(own);
        }

        List<Walk> walks = [];
        List<FindValueQuestion> questions = [];
        if (!collector.IsSatisfied)
        {
            foreach (Overlay overlay in core.Overlays)
            {
                questions.Add(new FindValueQuestion(core, collector));
                walks.Add(new Walk(core, overlay, key.Hash, questions[^1], scope));
            }

            await WalkAllAsync(walks, collector);
            if (collector.Newest is [Record newest, ..])
            {
                questions.ForEach(q => core.Mending.AfterGet(newest, q));
            }
        }

        LookupStatistics statistics = Statistics(walks, core.Now - started);
        bool isComplete = walks.Count > 0 && walks.TrueForAll(w => w.IsComplete) && !core.Upkeep.IsCutOff;
        return MakeResult(key, collector, isComplete, statistics);
    }

    /// <summary>What several walks cost together.</summary>
    internal static LookupStatistics Statistics(IReadOnlyList<Walk> walks, TimeSpan elapsed) => new(
        walks.Select(w => w.Hops).DefaultIfEmpty().Max(),
        walks.Sum(w => w.Sent),
        walks.Sum(w => w.Received),
        walks.Sum(w => w.Failed),
        elapsed);

    private void Share(SharedGet get)
    {
        if (!_shared.TryGetValue(get.Key, out List<SharedGet>? gets))
        {
            gets = [];
            _shared.Add(get.Key, gets);
        }

        gets.Add(get);
    }

    private static async CoreTask WalkAllAsync(List<Walk> walks, RecordCollector collector)
    {
        collector.Satisfied = () => walks.ForEach(w => w.Stop());
        collector.Disappointed = () => walks.ForEach(w => w.Pump());
        List<CorePromise<bool>> ends = walks.ConvertAll(w => w.Start());
        foreach (CorePromise<bool> end in ends)
        {
            await end;
        }

        await collector.WhenIdleAsync();
    }

    private GetResult MakeResult(RecordKey key, RecordCollector collector, bool complete, LookupStatistics statistics)
    {
        IReadOnlyList<Record> newest = collector.Newest;
        if (LastSeen(key) is Record seen
            && seen.ExpirySeconds > core.WallSeconds
            && (newest.Count == 0 || RecordOrder.Compare(newest[0], seen) < 0))
        {
            newest = [seen];
        }

        Record[] values = [.. newest.Where(r => !r.IsTombstone)];
        bool deleted = values.Length == 0 && newest.Count > 0;
        return new GetResult(key, values, deleted, complete, statistics);
    }
}
