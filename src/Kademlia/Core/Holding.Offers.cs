using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Core;

/// <content>What others offer: by datagram, over a stream, and as neighbours.</content>
internal sealed partial class Holding
{
    /// <summary>A request to keep a record, with a valid token.</summary>
    public bool OnStore(in IncomingRequest request, in StoreRequest store)
    {
        if (!MayHold(store))
        {
            _core.Answers.ReplyStore(request, StoreOutcome.Refused, newer: null);
            return true;
        }

        Record record = Copy(store.Record, store.Purpose);
        RecordHead head = RecordHead.Of(record);
        RecordOrigin origin = OriginOf(store.Purpose, record.Key, new Contact(request.Envelope.Sender, request.From));
        if (TrySettle(record, head, store.ExpectedSequence, PayerOf(request.From), origin) is { } settled)
        {
            _core.Answers.ReplyStore(request, settled.Outcome, settled.Newer);
        }
        else if (_underWay.Count >= MaxUnderWay && !_underWay.Contains((request.From, request.Envelope.Transaction)))
        {
            _core.Answers.ReplyStore(request, StoreOutcome.Full, newer: null);
        }
        else if (_underWay.Add((request.From, request.Envelope.Transaction)))
        {
            _core.RunDetached(HoldAsync(request, record, store.ExpectedSequence, origin));
        }

        return true;
    }

    /// <summary>A request over a stream to keep a record; how many there are at once is bounded with the streams.</summary>
    public CoreTask<(StoreOutcome Outcome, Record? Newer)> HoldAsync(Contact sender, in StoreRequest store) =>
        HoldAsync(sender, MayHold(store) ? Copy(store.Record, store.Purpose) : null, store.Purpose, store.ExpectedSequence);

    /// <summary>Takes a record that a neighbour holds, if it is genuine and greater than ours.</summary>
    public async CoreTask MergeAsync(Record record, Contact neighbour)
    {
        if (record.Value.Length <= _core.Options.MaxValueLength && IsAcceptable(record.View) && await IsWelcomeAsync(record))
        {
            RecordOrigin origin = OriginOf(StorePurpose.Replica, record.Key, neighbour);
            await WriteAsync(record, StoreRequest.Unconditional, PayerOf(neighbour.EndPoint), origin);
        }
    }

    /// <summary>Whether a record's shape and expiry allow it to be kept or believed. Of content, too late an expiry is cut.</summary>
    public bool IsAcceptable(in RecordView record)
    {
        RecordFault fault = _core.Verifier.Examine(record, _core.WallSeconds);
        return fault == RecordFault.None || (fault == RecordFault.TooFarAhead && record.Kind == RecordKind.Content);
    }

    private async CoreTask HoldAsync(IncomingRequest request, Record record, long expectedSequence, RecordOrigin origin)
    {
        try
        {
            (StoreOutcome outcome, Record? newer) = await IsWelcomeAsync(record)
                ? await WriteAsync(record, expectedSequence, PayerOf(request.From), origin)
                : (StoreOutcome.Refused, null);
            _core.Answers.ReplyStore(request, outcome, newer);
        }
        finally
        {
            _underWay.Remove((request.From, request.Envelope.Transaction));
        }
    }

    private async CoreTask<(StoreOutcome Outcome, Record? Newer)> HoldAsync(
        Contact sender, Record? record, StorePurpose purpose, long expectedSequence)
    {
        if (record is null)
        {
            return (StoreOutcome.Refused, null);
        }

        RecordOrigin origin = OriginOf(purpose, record.Key, sender);
        AddressGroup payer = PayerOf(sender.EndPoint);
        return TrySettle(record, RecordHead.Of(record), expectedSequence, payer, origin) is { } settled ? settled
            : await IsWelcomeAsync(record) ? await WriteAsync(record, expectedSequence, payer, origin)
            : (StoreOutcome.Refused, null);
    }

    /// <summary>Whether what is to be kept is of a shape, a length and an expiry that may be kept, and for a purpose that it may have.</summary>
    private bool MayHold(in StoreRequest store)
    {
        RecordView record = store.Record;
        bool mayBeCached = record.Kind == RecordKind.Content && record.Value.Length <= Record.MaxDatagramValueLength;
        return (store.Purpose != StorePurpose.Cache || mayBeCached)
            && record.Value.Length <= _core.Options.MaxValueLength
            && IsAcceptable(record);
    }

    /// <summary>Whether a record is genuine and the application takes it. Content, whose key is its hash, needs no effect.</summary>
    private async CoreTask<bool> IsWelcomeAsync(Record record)
    {
        Func<Record, bool>? accept = _core.Options.AcceptRecord;
        if (record.Kind == RecordKind.Content && accept is null)
        {
            return true;
        }

        RecordVerifier verifier = _core.Verifier;
        VerifyEffect effect = await _core.Perform(new VerifyEffect(() =>
            verifier.IsSigned(record.View) && (accept is null || accept(record))));
        return effect.IsGenuine;
    }

    /// <summary>A copy to keep. Content, whose expiry nobody signed, is kept for as long as we say; others would not be genuine any more.</summary>
    private Record Copy(in RecordView record, StorePurpose purpose)
    {
        if (record.Kind != RecordKind.Content)
        {
            return new Record(record);
        }

        bool isCached = purpose == StorePurpose.Cache;
        TimeSpan longest = isCached ? _core.Mending.RetentionFor(new Record(record).Key) : _core.Options.MaxRecordLifetime;
        long latest = _core.WallSeconds + (long)longest.TotalSeconds;
        return record.ExpirySeconds > latest + (isCached ? 0 : RecordExpiry.SkewSeconds)
            ? RecordDraft.Content(record.Value, latest)
            : new Record(record);
    }

    private AddressGroup PayerOf(PeerEndPoint sender) => AddressGroup.Payer(sender, _core.Options.LimitLocalAddressGroups);

    /// <summary>From anybody but a neighbour, or where others are to hold the key, a replica is a put like any other.</summary>
    private RecordOrigin OriginOf(StorePurpose purpose, RecordKey key, Contact from) => purpose switch
    {
        StorePurpose.Replica when _core.Replication.MayReplicate(key, from) => RecordOrigin.Replica,
        StorePurpose.Cache => RecordOrigin.Cache,
        _ => RecordOrigin.Put,
    };
}
