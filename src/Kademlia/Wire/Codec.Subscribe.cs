using System.Diagnostics;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <content>subscribe.</content>
/// <remarks>
/// <code>
/// [ kind, key ]                request
///   uint  bin 32
/// [ status, state, cursor ]    reply
///   uint    bin 8  uint
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    private const int SubscribeElements = 2;
    private const int SubscribeReplyElements = 3;

    public int Write(Span<byte> destination, in Envelope envelope, in SubscribeRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.Subscribe, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(SubscribeElements);
        writer.WriteInt64((long)request.Key.Kind);
        WireFormat.WriteId(ref writer, request.Key.Hash);
        return FinishPadded(ref writer, destination, paddedLength);
    }

    public int Write(Span<byte> destination, in Envelope envelope, in SubscribeReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Subscribe | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(SubscribeReplyElements);
        writer.WriteInt64((long)reply.Status);
        WriteWord(ref writer, reply.State);
        writer.WriteInt64(reply.Cursor);
        return Finish(writer);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out SubscribeRequest request)
    {
        request = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, SubscribeElements, out _)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long kind)
            || kind == 0
            || !WireFormat.TryReadId(ref reader, out NodeId hash))
        {
            return false;
        }

        request = new SubscribeRequest(new RecordKey((RecordKind)kind, hash));
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out SubscribeReply reply)
    {
        reply = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, SubscribeReplyElements, out _)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long status)
            || !TryReadWord(ref reader, out ulong state)
            || !WireFormat.TryReadNumber(ref reader, SubscribeReply.MaxCursor, out long cursor))
        {
            return false;
        }

        SubscribeStatus known = status <= (long)SubscribeStatus.Changed ? (SubscribeStatus)status : SubscribeStatus.Full;
        reply = new SubscribeReply(known, state, (int)cursor);
        return true;
    }
}
