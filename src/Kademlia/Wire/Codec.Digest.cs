using System.Diagnostics;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Wire;

/// <content>digest.</content>
/// <remarks>
/// <code>
/// [ count, sum,   entries, sketch ]     request
///   uint   bin 8  bin      bin n·4
/// [ same, wanted, lacked ]              reply
///   bool  bin     bin
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    private const int DigestElements = 3;
    private const int DigestReplyElements = 2;
    private const int MaxEntriesLength = DigestRequest.MaxEntries * DigestEntry.Length;

    public int Write(Span<byte> destination, in Envelope envelope, in DigestRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.Digest, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        bool hasSketch = request.KnowsSketches || !request.Sketch.IsEmpty;
        writer.WriteArrayHeader(DigestElements + (hasSketch ? 1 : 0));
        writer.WriteInt64(request.Count);
        WriteWord(ref writer, request.Sum);
        writer.WriteBinary(request.Entries);
        if (hasSketch)
        {
            writer.WriteBinary(request.Sketch);
        }

        return FinishPadded(ref writer, destination, paddedLength);
    }

    public int Write(Span<byte> destination, in Envelope envelope, in DigestReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Digest | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(DigestReplyElements + (reply.KnowsSketches ? 1 : 0));
        writer.WriteBoolean(reply.Same);
        writer.WriteBinary(reply.Wanted);
        if (reply.KnowsSketches)
        {
            writer.WriteBinary(reply.Lacked);
        }

        return Finish(writer);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out DigestRequest request)
    {
        request = default;
        MessagePackReader reader = new(body);
        ReadOnlySpan<byte> sketch = default;
        bool knowsSketches = false;
        bool valid = WireFormat.TryEnter(ref reader, DigestElements, out int further)
            & WireFormat.TryReadNumber(ref reader, int.MaxValue, out long count)
            & TryReadWord(ref reader, out ulong sum)
            & reader.TryReadBinary(out ReadOnlySpan<byte> entries);
        if (!valid
            || entries.Length > MaxEntriesLength
            || entries.Length % DigestEntry.Length != 0
            || !(further == 0 || reader.TryReadNil() || ((knowsSketches = reader.TryReadBinary(out sketch)) && IsSketch(sketch))))
        {
            return false;
        }

        request = new DigestRequest((int)count, sum, entries, sketch) { KnowsSketches = knowsSketches };
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out DigestReply reply)
    {
        reply = default;
        MessagePackReader reader = new(body);
        ReadOnlySpan<byte> lacked = default;
        bool knowsSketches = false;
        if (!WireFormat.TryEnter(ref reader, DigestReplyElements, out int further)
            || !reader.TryReadBoolean(out bool same)
            || !reader.TryReadBinary(out ReadOnlySpan<byte> wanted)
            || wanted.Length > DigestReply.MaxWantedLength
            || !(further == 0
                || reader.TryReadNil()
                || ((knowsSketches = reader.TryReadBinary(out lacked)) && lacked.Length <= DigestReply.MaxLackedLength)))
        {
            return false;
        }

        reply = knowsSketches ? new DigestReply(same, wanted, lacked) : new DigestReply(same, wanted);
        return true;
    }

    private static bool IsSketch(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= DigestRequest.MaxSketched * DigestRequest.SketchedLength && bytes.Length % DigestRequest.SketchedLength == 0;
}
