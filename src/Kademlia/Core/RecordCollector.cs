using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Gathers the records of one key during a get: verifies each, keeps the newest of each writer, and knows when it is enough.</summary>
/// <remarks>
/// Content is enough at once. An owner record is enough when <see cref="Quorum"/> holders, not counting displaced ones, gave genuine
/// records and the newest is not older than what this node has seen. An open key is never enough before the walk ends, but for a wanted sequence.
/// </remarks>
internal sealed partial class RecordCollector(NodeCore core, RecordKey key, GetOptions options, CancelScope scope)
{
    /// <summary>So many are verified at once, a full page of each of twenty holders and more; a liar's further ones are left out.</summary>
    private const int MaxVerifying = 256;

    /// <summary>So many writers of one open key are kept.</summary>
    private const int MaxWriters = 1024;

    /// <summary>So many holders are to tell of each writer.</summary>
    private const int Witnesses = 3;

    private readonly Dictionary<NodeId, Record> _newest = [];
    private readonly HashSet<NodeId> _holders = [];
    private readonly HashSet<NodeId> _displaced = [];
    private readonly HashSet<NodeId> _forgers = [];
    private readonly List<Candidate> _verifying = [];
    private readonly Dictionary<NodeId, List<NodeId>> _witnesses = [];
    private CorePromise<bool>? _idle;

    public RecordKey Key { get; } = key;

    public int Quorum { get; } = options.Quorum ?? DefaultQuorum(key.Kind);

    public bool IsSatisfied { get; private set; }

    /// <summary>Whether it will be enough if what is being verified is genuine: then nobody else need be asked meanwhile.</summary>
    public bool IsPromising => Key.Kind != RecordKind.Open && _verifying.Exists(c => IsQuorum(_holders.Union(c.Holders)));

    /// <summary>Called once, when it is enough.</summary>
    public Action? Satisfied { get; set; }

    /// <summary>Called when what was being verified turned out not to be enough.</summary>
    public Action? Disappointed { get; set; }

    /// <summary>Called for each genuine record that is the newest of its writer so far.</summary>
    public Action<Record>? Found { get; set; }

    /// <summary>The newest of each writer, the greatest sequence first; tombstones among them.</summary>
    public IReadOnlyList<Record> Newest =>
        [.. _newest.Values.OrderByDescending(r => r.Sequence).ThenBy(r => r.Writer)];

    /// <summary>Takes in what a holder sent. A holder counts once, however many records it sends; one that forged is not listened to any more.</summary>
    /// <returns>Whether fewer than <see cref="Witnesses"/> others have told of the writer: who lacks a record, or falls silent, is not alone in telling it.</returns>
    public bool Offer(in RecordView view, NodeId holder)
    {
        if (IsSatisfied || _forgers.Contains(holder) || view.Kind != Key.Kind || !core.Holding.IsAcceptable(view))
        {
            return false;
        }

        Record record = new(view);
        if (record.Key != Key)
        {
            return false;
        }

        if (record.Kind == RecordKind.Content || IsKnownGenuine(record))
        {
            Accept(record, holder);
        }
        else if (_verifying.Find(c => IsIdentical(c.Record, record)) is Candidate same)
        {
            same.Holders.Add(holder);
        }
        else if (_verifying.Count < MaxVerifying && (_newest.Count < MaxWriters || _newest.ContainsKey(record.Writer)))
        {
            core.RunDetached(VerifyAsync(new Candidate(record, [holder])));
        }
        else
        {
            return false;
        }

        return IsNewFrom(holder, record.Writer);
    }

    /// <summary>A holder knows k others that are closer to the key, where what is newer is put: it tells what it has, but not that this is the newest.</summary>
    public void OnDisplaced(NodeId holder) => _displaced.Add(holder);

    /// <summary>Takes in a record that this node holds itself: it was verified when it came.</summary>
    public void OfferOwn(Record record) => Accept(record, core.Id);

    /// <summary>Waits until nothing is being verified any more.</summary>
    public async CoreTask WhenIdleAsync()
    {
        if (!IsIdle)
        {
            _idle = new CorePromise<bool>(core.Ready);
            await _idle;
        }
    }

    private bool IsNewFrom(NodeId holder, NodeId writer)
    {
        List<NodeId> witnesses = _witnesses.GetValueOrDefault(writer) ?? [];
        bool isNew = witnesses.Count < Witnesses && !witnesses.Contains(holder);
        if (isNew)
        {
            witnesses.Add(holder);
            _witnesses[writer] = witnesses;
        }

        return isNew;
    }

    private static int DefaultQuorum(RecordKind kind) => kind switch
    {
        RecordKind.Content => 1,
        RecordKind.Owner => 3,
        _ => int.MaxValue,
    };

    private async CoreTask VerifyAsync(Candidate candidate)
    {
        _verifying.Add(candidate);
        RecordVerifier verifier = core.Verifier;
        VerifyEffect effect = await core.Perform(new VerifyEffect(() => verifier.IsSigned(candidate.Record.View)));
        _verifying.Remove(candidate);
        if (effect.IsGenuine && !scope.IsCancelled)
        {
            candidate.Holders.ForEach(holder => Accept(candidate.Record, holder));
        }
        else if (!effect.IsGenuine)
        {
            _forgers.UnionWith(candidate.Holders);
        }

        GoOnFetching();
        if (!IsSatisfied)
        {
            Disappointed?.Invoke();
        }

        KeepIfIdle();
    }

    private bool IsIdle => _verifying.Count == 0 && (IsSatisfied || _large.Count == 0);

    private void KeepIfIdle()
    {
        if (IsIdle)
        {
            _idle?.Keep(true);
        }
    }

    /// <summary>An identical record was verified before, signature and all.</summary>
    private bool IsKnownGenuine(Record record) =>
        _newest.TryGetValue(record.Writer, out Record? known) && IsIdentical(known, record);

    /// <summary>The same to the last bit, so that one verification answers for both.</summary>
    private static bool IsIdentical(Record left, Record right) =>
        left.IsSameAs(right) && left.Signature.Span.SequenceEqual(right.Signature.Span);

    private void Accept(Record record, NodeId holder)
    {
        _holders.Add(holder);
        bool isNewest = _newest.TryGetValue(record.Writer, out Record? known)
            ? RecordOrder.Compare(known, record) < 0
            : _newest.Count < MaxWriters;
        if (isNewest)
        {
            _newest[record.Writer] = record;
            core.Getting.OnSeen(record);
            Found?.Invoke(record);
        }

        EndIfEnough();
    }

    private void EndIfEnough()
    {
        if (!IsSatisfied && IsEnough())
        {
            IsSatisfied = true;
            _large.ForEach(told => told.GiveUp());
            Satisfied?.Invoke();
        }
    }

    private bool IsEnough()
    {
        long newest = _newest.Values.Max(r => r.Sequence);
        return newest >= options.MinimumSequence
            || (IsQuorum(_holders) && newest >= (core.Getting.LastSeen(Key)?.Sequence ?? 0));
    }

    /// <summary>Content is the same wherever it comes from, and an open key is what all say together.</summary>
    private bool IsQuorum(IEnumerable<NodeId> holders) =>
        holders.Count(h => Key.Kind != RecordKind.Owner || !_displaced.Contains(h)) >= Quorum;

    /// <summary>A record that is being verified, and who sent it.</summary>
    private sealed record Candidate(Record Record, List<NodeId> Holders);
}
