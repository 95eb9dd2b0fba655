using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>What a caller wants to put.</summary>
/// <param name="Key">Where.</param>
/// <param name="Salt">The salt of an owner record or the name of an open one; empty for content.</param>
/// <param name="Value">The value; empty for a deletion.</param>
/// <param name="IsTombstone">Whether it deletes.</param>
/// <param name="Options">How.</param>
internal sealed record PutCall(RecordKey Key, byte[] Salt, ReadOnlyMemory<byte> Value, bool IsTombstone, PutOptions Options);

/// <summary>What became of a put.</summary>
/// <param name="Receipt">What each node said.</param>
/// <param name="Own">The record as it is kept alive, if it is.</param>
internal readonly record struct Publication(PutReceipt Receipt, OwnRecord Own);

/// <summary>Publishes records: one walk, then a store at each of the k closest; and again before they expire.</summary>
/// <remarks>
/// The replies of the walk carry tokens, so a store needs no round trip more. A server counts itself among the k. Nearer contacts
/// that have not answered when the walk ends are asked on, and stored at as they answer.
/// </remarks>
internal sealed partial class Putting(NodeCore core)
{
    /// <summary>Content is never written anew.</summary>
    private const long NoSequence = 0;

    /// <summary>Makes, signs and stores a record.</summary>
    public async CoreTask<PutReceipt> PutAsync(PutCall call, CancelScope scope) => (await PublishAsync(call, scope)).Receipt;

    /// <summary>Makes, signs and stores a record, and tells how it is kept alive.</summary>
    public async CoreTask<Publication> PublishAsync(PutCall call, CancelScope scope)
    {
        core.Getting.OnWrite(call.Key);
        try
        {
            return await WriteAsync(call, scope);
        }
        finally
        {
            core.Getting.OnWrite(call.Key);
        }
    }

    /// <summary>Publishes, too; but what was kept alive when this node ended, and is to stay as it is, is stored again as it is.</summary>
    public async CoreTask<Publication> PublishOrResumeAsync(PutCall call, CancelScope scope)
    {
        if (_own.GetValueOrDefault(call.Key) is OwnRecord own
            && own.IsResumedBy(call, core.Options.RecordLifetime)
            && await RenewAsync(own, scope) is PutReceipt receipt)
        {
            own.IsFromBefore = false;
            core.Getting.OnSeen(receipt.Record);
            return new Publication(receipt, own);
        }

        return await PublishAsync(call, scope);
    }

    private async CoreTask<Publication> WriteAsync(PutCall call, CancelScope scope)
    {
        long sequence = call.Key.Kind == RecordKind.Content ? NoSequence : call.Options.Sequence ?? NextSequence(call.Key);
        long expiry = ExpiryOf(call);
        await NoteAsync(call.Key, sequence, expiry);
        Record record = await MakeAsync(call.Key.Kind, call.Salt, call.Value, call.IsTombstone, sequence, expiry);
        scope.ThrowIfCancelled();
        PutReceipt receipt = await StoreAsync(record, call.Options.ExpectedSequence ?? StoreRequest.Unconditional, scope);
        bool isRefused = call.Options.ExpectedSequence is not null && receipt.Stored == 0;
        if (!isRefused)
        {
            core.Getting.OnSeen(record);
        }

        if (receipt.Newer is not null)
        {
            core.Getting.OnSeen(receipt.Newer);
        }

        Publication publication = new(receipt, Keep(call, receipt, isRefused));
        await SaveAsync(call.Key);
        return publication;
    }

    /// <summary>After all that we know of the slot: the larger of the last known plus one and Unix milliseconds.</summary>
    /// <exception cref="KademliaException">No number follows the last.</exception>
    private long NextSequence(RecordKey key)
    {
        long last = Math.Max(LastKnown(key)?.Sequence ?? 0, _signed.GetValueOrDefault(key).Sequence);
        return last < long.MaxValue
            ? Math.Max(last + 1, core.WallMilliseconds)
            : throw new KademliaException(
                $"The record under {key} has sequence {last}, the greatest there is: nothing can follow it. Use another name.");
    }

    /// <summary>Never before that of a record that it replaces, which could come back otherwise.</summary>
    private long ExpiryOf(PutCall call) => call.IsTombstone
        ? RecordExpiry.OfTombstone(core.WallSeconds, MaxLifetimeSeconds, LatestExpiry(call.Key))
        : Math.Max(ExpiryAfter(call.Options.Lifetime ?? core.Options.RecordLifetime), LatestExpiry(call.Key));

    /// <summary>The latest in a slot that we signed or know of.</summary>
    private long LatestExpiry(RecordKey key) => Math.Max(
        ExpiryThatCounts(LastKnown(key)?.ExpirySeconds ?? 0), ExpiryThatCounts(_signed.GetValueOrDefault(key).ExpirySeconds));

    /// <summary>None that nobody would take now: signed by a clock that was ahead, it would keep all that follow it from being taken.</summary>
    private long ExpiryThatCounts(long expirySeconds) =>
        RecordExpiry.IsTooFarAhead(expirySeconds, core.WallSeconds, MaxLifetimeSeconds) ? 0 : expirySeconds;

    private long MaxLifetimeSeconds => (long)core.Options.MaxRecordLifetime.TotalSeconds;

    private long ExpiryAfter(TimeSpan lifetime) => core.WallSeconds + (long)lifetime.TotalSeconds;

    private Record? LastKnown(RecordKey key)
    {
        Record? seen = core.Getting.LastSeen(key);
        Record? own = _own.TryGetValue(key, out OwnRecord? held) ? held.Record : null;
        return seen?.Sequence > own?.Sequence ? seen : own ?? seen;
    }

    private async CoreTask<Record> MakeAsync(
        RecordKind kind, byte[] salt, ReadOnlyMemory<byte> value, bool isTombstone, long sequence, long expirySeconds)
    {
        if (kind == RecordKind.Content)
        {
            return RecordDraft.Content(value.Span, expirySeconds);
        }

        ulong network = core.Options.Network;
        RecordDraft draft = isTombstone ? RecordDraft.Tombstone(kind, core.Identity, network, salt, sequence, expirySeconds)
            : kind == RecordKind.Owner ? RecordDraft.Owner(core.Identity, network, salt, sequence, expirySeconds, value.Span)
            : RecordDraft.Open(core.Identity, network, salt, sequence, expirySeconds, value.Span);
        SignEffect effect = await core.Perform(new SignEffect(core.Identity, draft.Preimage));
        return effect.Signature.Length > 0
            ? draft.Complete(effect.Signature)
            : throw new KademliaException("The node's key could not sign. Was its identity disposed?");
    }

    private async CoreTask<PutReceipt> StoreAsync(Record record, long expectedSequence, CancelScope scope)
    {
        TimeSpan started = core.Now;
        List<PutWalk> walks = [];
        foreach (Overlay overlay in core.Overlays)
        {
            walks.Add(new PutWalk(core, overlay, record, expectedSequence, scope));
        }

        await CoreTask.WhenAll(walks.ConvertAll(w => w.RunAsync()));
        StoreVerdict[] verdicts = [.. walks.SelectMany(w => w.Verdicts).OrderBy(v => v.Contact.Id ^ record.Key.Hash)];
        IEnumerable<Record> told = walks.SelectMany(w => w.Newer).Where(c => StandsAgainst(c, record, expectedSequence));
        Record? newer = await NewestGenuineAsync(told);
        LookupStatistics statistics = Getting.Statistics([.. walks.Select(w => w.Walk)], core.Now - started);
        return new PutReceipt(record, walks.SelectMany(w => w.Wanted).Distinct().Count(), verdicts, newer, statistics);
    }

    /// <summary>Whether what a holder sent can be why it did not store: newer, or with a condition, another than expected.</summary>
    private static bool StandsAgainst(Record held, Record put, long expectedSequence) =>
        held.Key == put.Key
        && held.Writer == put.Writer
        && (RecordOrder.Compare(put, held) < 0 || (expectedSequence >= 0 && held.Sequence != expectedSequence));

    /// <summary>The greatest of what holders sent as newer, if it is what it says.</summary>
    private async CoreTask<Record?> NewestGenuineAsync(IEnumerable<Record> candidates)
    {
        RecordVerifier verifier = core.Verifier;
        Record? newest = null;
        foreach (Record candidate in candidates)
        {
            if (newest is null || RecordOrder.Compare(newest, candidate) < 0)
            {
                VerifyEffect effect = await core.Perform(new VerifyEffect(() => verifier.IsSigned(candidate.View)));
                newest = effect.IsGenuine ? candidate : newest;
            }
        }

        return newest;
    }
}
