using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Records over streams: what is asked of other nodes, and what others are answered. PROTOCOL.md, section 9.5.</summary>
/// <remarks>Who asks over a stream has proven its id, and that it receives where it is: its requests count as those with a token.</remarks>
internal sealed class LargeRecords(NodeCore core)
{
    private readonly AskQueue _queue = new(core);

    /// <summary>Asks over a stream, in its turn.</summary>
    public CoreTask AskAsync(AskEffect ask, CancelScope scope) => _queue.AskAsync(ask, scope);

    /// <summary>Has a holder keep a record; null when there is no stream to it, or no answer.</summary>
    public async CoreTask<StoreAnswer?> StoreAsync(
        Contact holder, Record record, StorePurpose purpose, long expectedSequence, CancelScope scope)
    {
        AskEffect ask = new(holder, Frame.Write(new StoreRequest(purpose, record.View, expectedSequence)));
        await AskAsync(ask, scope);
        return ReadStore(ask.Answer.Span);
    }

    /// <summary>Asks a holder for the record under a key of content or an owner.</summary>
    public static AskEffect Fetch(Contact holder, RecordKey key) => new(holder, Frame.Write(new FindValueRequest(key, Cursor: 0)));

    /// <summary>Reads the record that a holder gave.</summary>
    public bool TryReadRecord(AskEffect fetch, out RecordView record)
    {
        record = default;
        if (!Frame.TryRead(fetch.Answer.Span, out MessageKind kind, out ReadOnlySpan<byte> body)
            || kind != (MessageKind.FindValue | MessageKind.Reply)
            || !Frame.TryRead(body, core.Scratch, out FindValueReply reply)
            || reply.Records.Count == 0)
        {
            return false;
        }

        record = reply.Records[0];
        return true;
    }

    /// <summary>Answers a frame.</summary>
    /// <param name="asker">Who asks: the id is proven; the endpoint is that of the connection.</param>
    /// <param name="frame">What it asks.</param>
    /// <returns>The answer; empty when the connection is to end.</returns>
    public async CoreTask<ReadOnlyMemory<byte>> AnswerAsync(Contact asker, ReadOnlyMemory<byte> frame)
    {
        ReadOnlyMemory<byte> answer = Answer(asker, frame.Span, out CoreTask<(StoreOutcome, Record?)>? storing);
        return storing is null ? answer : Answer(await storing);
    }

    private ReadOnlyMemory<byte> Answer(Contact asker, ReadOnlySpan<byte> frame, out CoreTask<(StoreOutcome, Record?)>? storing)
    {
        storing = null;
        if (!Frame.TryRead(frame, out MessageKind kind, out ReadOnlySpan<byte> body)
            || kind is MessageKind.None or >= MessageKind.Reply
            || core.OverlayOf(asker.EndPoint) is { Serves: false }
            || !core.Limits.TryAdmit(asker.EndPoint, kind, proven: true, core.Now))
        {
            return default;
        }

        switch (kind)
        {
            case MessageKind.FindValue:
                return Codec.TryRead(body, out FindValueRequest find) ? Answer(find) : default;
            case MessageKind.Store:
                storing = Frame.TryRead(body, out StoreRequest store) ? core.Holding.HoldAsync(NeighbourOr(asker), store) : null;
                return default;
            default:
                return Frame.WriteUnsupported();
        }
    }

    private ReadOnlyMemory<byte> Answer(in FindValueRequest find)
    {
        Record[] records = new Record[Codec.MaxRecords];
        int count = core.Holding.Read(find.Key, find.Cursor, records, out int held, out long newest);
        return Frame.Write(new FindValueReply(new RecordList(records.AsSpan(0, count)), held, newest, [], more: false));
    }

    private ReadOnlyMemory<byte> Answer((StoreOutcome Outcome, Record? Newer) stored)
    {
        core.Counters.AnswerStore(stored.Outcome);
        return Frame.Write(new StoreReply(stored.Outcome, core.WallSeconds, stored.Newer is null ? default : stored.Newer.View));
    }

    /// <summary>The contact of the asker's id, if we have one: whoever dials does so from any port.</summary>
    private Contact NeighbourOr(Contact asker)
    {
        Span<Contact> closest = new Contact[1];
        RoutingTable? table = core.OverlayOf(asker.EndPoint)?.Table;
        return table?.FindClosest(asker.Id, closest) > 0 && closest[0].Id == asker.Id ? closest[0] : asker;
    }

    /// <summary>What a holder said; that it does not know such requests is a refusal, too.</summary>
    private StoreAnswer? ReadStore(ReadOnlySpan<byte> answer) =>
        !Frame.TryRead(answer, out MessageKind kind, out ReadOnlySpan<byte> body) ? null
        : kind == MessageKind.Unsupported ? new(StoreOutcome.Refused, core.WallSeconds, Newer: null)
        : kind == (MessageKind.Store | MessageKind.Reply) && Frame.TryRead(body, out StoreReply reply)
            ? new(reply.Outcome, reply.ClockSeconds, reply.Newer.IsNone ? null : new Record(reply.Newer))
        : null;
}
