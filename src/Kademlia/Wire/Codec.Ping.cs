using System.Diagnostics;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <content>The messages that say all in their envelope: ping, its reply, retry, and unsupported.</content>
/// <remarks>
/// <code>
/// [ ]
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    public int WritePing(Span<byte> destination, in Envelope envelope, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.Ping, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(0);
        return FinishPadded(ref writer, destination, paddedLength);
    }

    public int WritePingReply(Span<byte> destination, in Envelope envelope)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Ping | MessageKind.Reply), "The envelope is of another kind.");
        return WriteEmpty(destination, envelope);
    }

    public int WriteRetry(Span<byte> destination, in Envelope envelope)
    {
        Debug.Assert(envelope.Kind == MessageKind.Retry, "The envelope is of another kind.");
        return WriteEmpty(destination, envelope);
    }

    public int WriteUnsupported(Span<byte> destination, in Envelope envelope)
    {
        Debug.Assert(envelope.Kind == MessageKind.Unsupported, "The envelope is of another kind.");
        return WriteEmpty(destination, envelope);
    }

    private int WriteEmpty(Span<byte> destination, in Envelope envelope)
    {
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(0);
        return Finish(writer);
    }
}
