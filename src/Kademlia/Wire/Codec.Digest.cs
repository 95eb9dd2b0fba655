using System.Diagnostics;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Wire;

/// <content>digest.</content>
/// <remarks>
/// <code>
/// [ count, sum,   entries ]     request
///   uint   bin 8  bin
/// [ same, wanted ]              reply
///   bool  bin
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
        writer.WriteArrayHeader(DigestElements);
        writer.WriteInt64(request.Count);
        WriteWord(ref writer, request.Sum);
        writer.WriteBinary(request.Entries);
        return FinishPadded(ref writer, destination, paddedLength);
    }

    public int Write(Span<byte> destination, in Envelope envelope, in DigestReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Digest | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(DigestReplyElements);
        writer.WriteBoolean(reply.Same);
        writer.WriteBinary(reply.Wanted);
        return Finish(writer);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out DigestRequest request)
    {
        request = default;
        MessagePackReader reader = new(body);
        bool valid = WireFormat.TryEnter(ref reader, DigestElements, out _)
            & WireFormat.TryReadNumber(ref reader, int.MaxValue, out long count)
            & TryReadWord(ref reader, out ulong sum)
            & reader.TryReadBinary(out ReadOnlySpan<byte> entries);
        if (!valid || entries.Length > MaxEntriesLength || entries.Length % DigestEntry.Length != 0)
        {
            return false;
        }

        request = new DigestRequest((int)count, sum, entries);
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out DigestReply reply)
    {
        reply = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, DigestReplyElements, out _)
            || !reader.TryReadBoolean(out bool same)
            || !reader.TryReadBinary(out ReadOnlySpan<byte> wanted)
            || wanted.Length > DigestReply.MaxWantedLength)
        {
            return false;
        }

        reply = new DigestReply(same, wanted);
        return true;
    }
}
