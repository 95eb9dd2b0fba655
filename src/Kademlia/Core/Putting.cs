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

/// <summary>Publishes records: one walk, then a store at each of the k closest; and again before they expire.</summary>
/// <remarks>
/// The replies of the walk carry tokens, so a store needs no round trip more. A server counts itself among the k. Nearer contacts
/// that have not answered when the walk ends are asked on, and stored at as they answer.
/// </remarks>
internal sealed class Putting(NodeCore core)
{
    /// <summary>Republishing is spread over half the interval to the whole of it: the mean, of which jitter takes a half to one and a half.</summary>
    private const double RepublishMean = 2.0 / 3.0;

    private readonly Dictionary<RecordKey, OwnRecord> _own = [];

    /// <summary>Our own records that are kept alive, in the order of their keys.</summary>
    public IReadOnlyList<Record> OwnRecords =>
        [.. _own.Values.Select(o => o.Record).OrderBy(r => r.Kind).ThenBy(r => r.Key.Hash)];

    /// <summary>Makes, signs and stores a record.</summary>
    public async CoreTask<PutReceipt> PutAsync(PutCall call, CancelScope scope)
    {
        long sequence = call.Options.Sequence ?? NextSequence(call.Key);
        Record record = await MakeAsync(call.Key.Kind, call.Salt, call.Value, call.IsTombstone, sequence, ExpiryOf(call));
        scope.ThrowIfCancelled();
        PutReceipt receipt = await StoreAsync(record, call.Options.ExpectedSequence ?? StoreRequest.Unconditional, scope);
        core.Getting.OnSeen(receipt.Newer ?? record);
        _own.Remove(record.Key);
        if (call.Options.Republish && !call.IsTombstone && receipt.Newer is null)
        {
            _own.Add(record.Key, new OwnRecord(record, call.Salt, NextRepublish()));
        }

        return receipt;
    }

    /// <summary>Stores again what is due, with a new expiry and the same sequence, so that no reader sees a change.</summary>
    public async CoreTask RepublishAsync(CancelScope scope)
    {
        foreach (OwnRecord own in _own.Values.Where(o => o.RepublishAt <= core.Now).OrderBy(o => o.Record.Key.Hash).ToArray())
        {
            Record old = own.Record;
            Record renewed = await MakeAsync(old.Kind, own.Salt, old.Value, isTombstone: false, old.Sequence, ExpiryAfter(core.Options.RecordLifetime));
            if (_own.TryGetValue(old.Key, out OwnRecord? current) && ReferenceEquals(current, own))
            {
                _own[old.Key] = new OwnRecord(renewed, own.Salt, NextRepublish());
                await StoreAsync(renewed, StoreRequest.Unconditional, scope);
            }
        }
    }

    private TimeSpan NextRepublish() => core.Now + core.Jitter(core.Options.RepublishInterval * RepublishMean);

    /// <summary>After all that we know of the slot: the larger of the last known plus one and Unix milliseconds.</summary>
    private long NextSequence(RecordKey key) => Math.Max(LastKnown(key)?.Sequence + 1 ?? 1, core.WallSeconds * 1000);

    /// <summary>Never before that of a record that it replaces, which could come back otherwise.</summary>
    private long ExpiryOf(PutCall call) => call.IsTombstone
        ? RecordExpiry.OfTombstone(core.WallSeconds, (long)core.Options.MaxRecordLifetime.TotalSeconds, LastKnown(call.Key)?.ExpirySeconds ?? 0)
        : Math.Max(ExpiryAfter(call.Options.Lifetime ?? core.Options.RecordLifetime), LastKnown(call.Key)?.ExpirySeconds ?? 0);

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
        return draft.Complete(effect.Signature);
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
        Record? newer = await NewestGenuineAsync(walks.SelectMany(w => w.Newer), record);
        LookupStatistics statistics = Getting.Statistics([.. walks.Select(w => w.Walk)], core.Now - started);
        return new PutReceipt(record, walks.SelectMany(w => w.Wanted).Distinct().Count(), verdicts, newer, statistics);
    }

    /// <summary>The greatest of what holders sent as newer, if it is what it says.</summary>
    private async CoreTask<Record?> NewestGenuineAsync(IEnumerable<Record> candidates, Record put)
    {
        RecordVerifier verifier = core.Verifier;
        Record? newest = null;
        foreach (Record candidate in candidates.Where(c => c.Key == put.Key && c.Writer == put.Writer))
        {
            if (newest is null || RecordOrder.Compare(newest, candidate) < 0)
            {
                VerifyEffect effect = await core.Perform(new VerifyEffect(() => verifier.IsSigned(candidate.View)));
                newest = effect.IsGenuine ? candidate : newest;
            }
        }

        return newest;
    }

    private sealed record OwnRecord(Record Record, byte[] Salt, TimeSpan RepublishAt);
}
