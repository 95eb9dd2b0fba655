using System.Diagnostics.CodeAnalysis;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Core;

/// <content>What is kept alive, and how.</content>
internal sealed partial class Putting
{
    /// <summary>Republishing is spread over a third of the interval to the whole of it: the mean, of which jitter takes a half to one and a half.</summary>
    private const double RepublishMean = 2.0 / 3.0;

    private readonly Dictionary<RecordKey, OwnRecord> _own = [];

    /// <summary>After a put that nobody answered, no other is made before.</summary>
    private TimeSpan _silentUntil;

    /// <summary>Our own records that are kept alive, in the order of their keys.</summary>
    public IReadOnlyList<Record> OwnRecords =>
        [.. _own.Values.Select(o => o.Record).OrderBy(r => r.Kind).ThenBy(r => r.Key.Hash)];

    /// <summary>Whether this node goes on storing a record again.</summary>
    public bool IsKept(OwnRecord own) => ReferenceEquals(_own.GetValueOrDefault(own.Record.Key), own) && !core.Lifetime.IsCancelled;

    /// <summary>Stores a record again no more.</summary>
    public void Release(OwnRecord own)
    {
        if (IsKept(own))
        {
            _own.Remove(own.Record.Key);
            core.RunDetached(SaveAsync(own.Record.Key));
        }
    }

    /// <summary>How a record of ours stands.</summary>
    public LeaseHealth HealthOf(OwnRecord own)
    {
        DateTimeOffset? next = IsKept(own) ? Wall + (own.RepublishAt - core.Now) : null;
        return new LeaseHealth(IsKept(own), own.Stored, own.Wanted, own.PutAt, next, own.Newer, own.Error);
    }

    private DateTimeOffset Wall => DateTimeOffset.FromUnixTimeMilliseconds(core.WallMilliseconds);

    /// <summary>Stores again what is due. While nobody answers one is tried now and then, not each.</summary>
    public async CoreTask RepublishAsync(CancelScope scope)
    {
        foreach (OwnRecord own in _own.Values.Where(IsDue).OrderBy(o => o.Record.Key.Hash).ToArray())
        {
            if (core.Now >= _silentUntil && IsKept(own))
            {
                await RenewAsync(own, scope);
            }
        }
    }

    /// <summary>Stores a record again, with a new expiry and the same sequence, so that no reader sees a change.</summary>
    /// <returns>What each node said; null when the record is kept alive no more.</returns>
    private async CoreTask<PutReceipt?> RenewAsync(OwnRecord own, CancelScope scope)
    {
        Record old = own.Record;
        long expiry = Math.Max(LatestExpiry(old.Key), ExpiryAfter(own.Lifetime));
        try
        {
            await NoteAsync(old.Key, old.Sequence, expiry);
            Record renewed = await MakeAsync(old.Kind, own.Salt, old.Value, isTombstone: false, old.Sequence, expiry);
            return IsKept(own) ? await StoreAgainAsync(own, renewed, scope) : null;
        }
        catch (KademliaException failure)
        {
            own.OnError(failure.Message);
            own.RepublishAt = core.Now + core.Jitter(own.Retry);
            throw;
        }
    }

    private async CoreTask<PutReceipt> StoreAgainAsync(OwnRecord own, Record renewed, CancelScope scope)
    {
        own.Record = renewed;
        PutReceipt receipt = await StoreAsync(renewed, StoreRequest.Unconditional, scope);
        OnPut(own, receipt);
        GiveWayTo(receipt.Newer, own);
        await SaveAsync(renewed.Key);
        return receipt;
    }

    /// <summary>The next put is in its time, or sooner when fewer than enough took the record.</summary>
    private void OnPut(OwnRecord own, PutReceipt receipt)
    {
        TimeSpan regular = RepublishPause(own.Lifetime);
        bool isHeard = receipt.Verdicts.Any(v => v.Contact.Id != core.Id && v.Outcome != StoreOutcome.TimedOut);
        own.OnPut(receipt, isHeard, regular, Wall);
        own.RepublishAt = core.Now + core.Jitter(own.Retry > TimeSpan.Zero ? own.Retry : regular);
        _silentUntil = !isHeard && receipt.Statistics.Sent > 0 ? own.RepublishAt : core.Now;
    }

    /// <summary>At once, too, when the clock was put right: what was signed by the old one is over by now, or lies too far ahead for any holder.</summary>
    private bool IsDue(OwnRecord own) =>
        own.RepublishAt <= core.Now || own.Record.ExpirySeconds <= core.WallSeconds || ExpiryThatCounts(own.Record.ExpirySeconds) == 0;

    /// <summary>Another with our key wrote or deleted it since: ours must not outlive what took its place.</summary>
    private void GiveWayTo(Record? newer, OwnRecord? own)
    {
        if (own is not null && IsBeaten(own.Record, newer))
        {
            core.Getting.OnSeen(newer);
            Replace(own, newer);
        }
    }

    private static bool IsBeaten(Record record, [NotNullWhen(true)] Record? newer) => newer is not null && RecordOrder.Compare(record, newer) < 0;

    /// <summary>Whoever calls this saves what has taken the record's place: were the record given up on the disk before, a crash between would lose both.</summary>
    private void Replace(OwnRecord? own, Record newer)
    {
        if (own is not null && IsKept(own))
        {
            own.Newer = newer;
            _own.Remove(own.Record.Key);
        }
    }

    /// <summary>What this node keeps alive in the record's slot from now on: the record, unless something newer is known.</summary>
    private OwnRecord Keep(PutCall call, PutReceipt receipt, bool isRefused)
    {
        Record record = receipt.Record;
        OwnRecord own = new(record, call.Salt, call.Options.Lifetime ?? core.Options.RecordLifetime);
        OnPut(own, receipt);
        OwnRecord? before = _own.GetValueOrDefault(record.Key);
        if (isRefused || IsBeaten(record, receipt.Newer))
        {
            own.Newer = receipt.Newer;
            GiveWayTo(receipt.Newer, before);
        }
        else if (_signed.GetValueOrDefault(record.Key).Sequence <= record.Sequence)
        {
            Replace(before, record);
            if (call.Options.Republish && !call.IsTombstone)
            {
                _own[record.Key] = own;
            }
        }

        return own;
    }

    /// <summary>Before the record expires: in the interval of the options, or as much of a shorter life as that is of the default one.</summary>
    private TimeSpan RepublishPause(TimeSpan lifetime)
    {
        double part = core.Options.RepublishInterval / core.Options.RecordLifetime;
        TimeSpan interval = lifetime < core.Options.RecordLifetime ? lifetime * part : core.Options.RepublishInterval;
        return interval * RepublishMean;
    }
}
