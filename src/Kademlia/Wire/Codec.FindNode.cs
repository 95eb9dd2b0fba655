using System.Diagnostics;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <content>find_node.</content>
/// <remarks>
/// <code>
/// [ target, want, known ]                request
///   bin 32  uint  bin n·2
/// [ contacts4, contacts6, more ]         reply
///   bin n·38   bin n·50   bool
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    private const int FindNodeElements = 2;
    private const int FindNodeReplyElements = 3;
    private const int FlagLength = 1;

    public int Write(Span<byte> destination, in Envelope envelope, in FindNodeRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.FindNode, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(FindNodeElements + (request.Known.IsEmpty ? 0 : 1));
        WireFormat.WriteId(ref writer, request.Target);
        writer.WriteInt64((long)request.Want);
        if (!request.Known.IsEmpty)
        {
            writer.WriteBinary(request.Known);
        }

        return FinishPadded(ref writer, destination, paddedLength);
    }

    /// <summary>Writes as many contacts as fit, closest first; says that there were more when it left some out.</summary>
    public int Write(Span<byte> destination, in Envelope envelope, in FindNodeReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.FindNode | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(FindNodeReplyElements);
        WriteContacts(ref writer, reply.Contacts, MaxContacts, reply.More, behind: 0);
        return Finish(writer);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out FindNodeRequest request)
    {
        request = default;
        MessagePackReader reader = new(body);
        ReadOnlySpan<byte> known = default;
        if (!WireFormat.TryEnter(ref reader, FindNodeElements, out int further)
            || !WireFormat.TryReadId(ref reader, out NodeId target)
            || !WireFormat.TryReadNumber(ref reader, long.MaxValue, out long want)
            || !(further == 0 || reader.TryReadNil() || (reader.TryReadBinary(out known) && AreMarks(known))))
        {
            return false;
        }

        AddressFamilies families = (AddressFamilies)want & (AddressFamilies.IPv4 | AddressFamilies.IPv6);
        request = new FindNodeRequest(target, families, known);
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, DecodeScratch scratch, out FindNodeReply reply)
    {
        reply = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, FindNodeReplyElements, out _)
            || !ContactFormat.TryRead(ref reader, scratch.Contacts, out int count)
            || !reader.TryReadBoolean(out bool more))
        {
            return false;
        }

        reply = new FindNodeReply(scratch.Contacts.AsSpan(0, count), more);
        return true;
    }

    private static bool AreMarks(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= MaxMarks * FindNodeRequest.MarkLength && bytes.Length % FindNodeRequest.MarkLength == 0;

    /// <summary>Writes contacts while they fit, and whether there were more.</summary>
    private static void WriteContacts(ref MessagePackWriter writer, ReadOnlySpan<Contact> contacts, int limit, bool more, int behind)
    {
        ReadOnlySpan<Contact> allowed = contacts[..int.Min(contacts.Length, limit)];
        int count = ContactFormat.CountFitting(allowed, writer.Room - FlagLength - behind);
        ContactFormat.Write(ref writer, allowed[..count]);
        writer.WriteBoolean(more || count < contacts.Length);
    }
}
