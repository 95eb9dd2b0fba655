using System.Diagnostics;
using System.Text.Unicode;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <content>talk.</content>
/// <remarks>
/// <code>
/// [ protocol,  payload ]        request
///   str 1..64  bin 0..1024
/// [ status, payload ]           reply
///   uint    bin 0..1024
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    /// <summary>The longest payload of a talk message, either way.</summary>
    public const int MaxTalkPayloadLength = 1024;

    private const int TalkElements = 2;
    private const int TalkReplyElements = 2;

    public int Write(Span<byte> destination, in Envelope envelope, in TalkRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.Talk, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(TalkElements);
        writer.WriteString(request.Protocol);
        writer.WriteBinary(request.Payload);
        return FinishPadded(ref writer, destination, paddedLength);
    }

    public int Write(Span<byte> destination, in Envelope envelope, in TalkReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Talk | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(TalkReplyElements);
        writer.WriteInt64((long)reply.Status);
        writer.WriteBinary(reply.Payload);
        return Finish(writer);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out TalkRequest request)
    {
        request = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, TalkElements, out _)
            || !reader.TryReadString(out ReadOnlySpan<byte> protocol)
            || !reader.TryReadBinary(out ReadOnlySpan<byte> payload))
        {
            return false;
        }

        request = new TalkRequest(protocol, payload);
        return protocol.Length is > 0 and <= TalkRequest.MaxProtocolLength
            && payload.Length <= MaxTalkPayloadLength
            && Utf8.IsValid(protocol);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out TalkReply reply)
    {
        reply = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, TalkReplyElements, out _)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long status)
            || !reader.TryReadBinary(out ReadOnlySpan<byte> payload))
        {
            return false;
        }

        bool isKnown = status <= (long)TalkStatus.Busy;
        reply = isKnown ? new TalkReply((TalkStatus)status, payload) : new TalkReply(TalkStatus.Failed, []);
        return payload.Length <= MaxTalkPayloadLength && (reply.Payload.IsEmpty || reply.Status == TalkStatus.Answered);
    }
}
