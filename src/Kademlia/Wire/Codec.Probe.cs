using System.Diagnostics;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <content>probe.</content>
/// <remarks>
/// <code>
/// [ nonce, asker        ]     request
///   bin 8  bin 6|18|nil
/// [ dialled ]                 reply
///   bool
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    private const int ProbeElements = 2;
    private const int ProbeReplyElements = 1;

    public int Write(Span<byte> destination, in Envelope envelope, in ProbeRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.Probe, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(ProbeElements);
        WriteWord(ref writer, request.Nonce);
        if (request.Asker == default)
        {
            writer.WriteNil();
        }
        else
        {
            EndPointFormat.Write(ref writer, request.Asker);
        }

        return FinishPadded(ref writer, destination, paddedLength);
    }

    public int Write(Span<byte> destination, in Envelope envelope, in ProbeReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Probe | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(ProbeReplyElements);
        writer.WriteBoolean(reply.Dialled);
        return Finish(writer);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out ProbeRequest request)
    {
        request = default;
        PeerEndPoint asker = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, ProbeElements, out _)
            || !TryReadWord(ref reader, out ulong nonce)
            || !(reader.TryReadNil() || (EndPointFormat.TryRead(ref reader, out asker) && asker != default)))
        {
            return false;
        }

        request = new ProbeRequest(nonce, asker);
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out ProbeReply reply)
    {
        MessagePackReader reader = new(body);
        bool dialled = false;
        bool valid = WireFormat.TryEnter(ref reader, ProbeReplyElements, out _) && reader.TryReadBoolean(out dialled);
        reply = new ProbeReply(dialled);
        return valid;
    }
}
