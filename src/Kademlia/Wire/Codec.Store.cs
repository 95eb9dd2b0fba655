using System.Diagnostics;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Wire;

/// <content>store.</content>
/// <remarks>
/// <code>
/// [ purpose, record, expected ]          request
///   uint     array   uint | nil
/// [ outcome, clock, held ]               reply
///   uint     uint   array | nil
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    private const int StoreElements = 3;
    private const int StoreReplyElements = 3;

    public int Write(Span<byte> destination, in Envelope envelope, in StoreRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.Store, "The envelope is of another kind.");
        Debug.Assert(request.Record.Value.Length <= Record.MaxDatagramValueLength, "No datagram carries a large record.");
        MessagePackWriter writer = Begin(destination, envelope);
        WriteBody(ref writer, request);
        return FinishPadded(ref writer, destination, paddedLength);
    }

    /// <summary>Leaves out a large record, as if nothing were held.</summary>
    public int Write(Span<byte> destination, in Envelope envelope, in StoreReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Store | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        WriteBody(ref writer, reply, Record.MaxDatagramValueLength);
        return Finish(writer);
    }

    public static void WriteBody(ref MessagePackWriter writer, in StoreRequest request)
    {
        writer.WriteArrayHeader(StoreElements);
        writer.WriteInt64((long)request.Purpose);
        RecordFormat.Write(ref writer, request.Record);
        if (request.ExpectedSequence == StoreRequest.Unconditional)
        {
            writer.WriteNil();
        }
        else
        {
            writer.WriteInt64(request.ExpectedSequence);
        }
    }

    public static void WriteBody(ref MessagePackWriter writer, in StoreReply reply, int maxValueLength)
    {
        writer.WriteArrayHeader(StoreReplyElements);
        writer.WriteInt64((long)reply.Outcome);
        writer.WriteInt64(reply.ClockSeconds);
        if (reply.Newer.IsNone || reply.Newer.Value.Length > maxValueLength)
        {
            writer.WriteNil();
        }
        else
        {
            RecordFormat.Write(ref writer, reply.Newer);
        }
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out StoreRequest request, int maxValueLength = Record.MaxDatagramValueLength)
    {
        request = default;
        MessagePackReader reader = new(body);
        long expected = StoreRequest.Unconditional;
        if (!WireFormat.TryEnter(ref reader, StoreElements, out _)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long purpose)
            || !RecordFormat.TryRead(ref reader, maxValueLength, out RecordSlices record)
            || !(reader.TryReadNil() || WireFormat.TryReadNumber(ref reader, long.MaxValue, out expected)))
        {
            return false;
        }

        StorePurpose known = purpose <= (long)StorePurpose.Cache ? (StorePurpose)purpose : StorePurpose.Put;
        request = new StoreRequest(known, record.On(body), expected);
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out StoreReply reply, int maxValueLength = Record.MaxDatagramValueLength)
    {
        reply = default;
        MessagePackReader reader = new(body);
        RecordSlices held = default;
        if (!WireFormat.TryEnter(ref reader, StoreReplyElements, out _)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long outcome)
            || !WireFormat.TryReadNumber(ref reader, RecordFormat.MaxSeconds, out long clock)
            || !(reader.TryReadNil() || RecordFormat.TryRead(ref reader, maxValueLength, out held)))
        {
            return false;
        }

        StoreOutcome known = outcome <= (long)StoreOutcome.Refused ? (StoreOutcome)outcome : StoreOutcome.Refused;
        reply = new StoreReply(known, clock, RecordFormat.IsKnown(held) ? held.On(body) : default);
        return true;
    }
}
