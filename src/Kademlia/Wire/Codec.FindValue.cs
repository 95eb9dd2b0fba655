using System.Diagnostics;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Wire;

/// <content>find_value.</content>
/// <remarks>
/// <code>
/// [ kind, key,   cursor, wide ]                                    request
///   uint  bin 32 uint    bool
/// [ records, held, newest, contacts4, contacts6, more, displaced ] reply
///   array    uint  uint    bin n·38   bin n·50   bool  bool
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    private const int FindValueElements = 4;
    private const int FindValueReplyElements = 6;

    public int Write(Span<byte> destination, in Envelope envelope, in FindValueRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.FindValue, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        WriteBody(ref writer, request);
        return FinishPadded(ref writer, destination, paddedLength);
    }

    /// <summary>Writes records in order until one does not fit, then contacts while they fit; says when it left contacts out.</summary>
    public int Write(Span<byte> destination, in Envelope envelope, in FindValueReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.FindValue | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        WriteBody(ref writer, reply, Record.MaxDatagramValueLength);
        return Finish(writer);
    }

    public static void WriteBody(ref MessagePackWriter writer, in FindValueRequest request)
    {
        writer.WriteArrayHeader(FindValueElements);
        writer.WriteInt64((long)request.Key.Kind);
        WireFormat.WriteId(ref writer, request.Key.Hash);
        writer.WriteInt64(request.Cursor);
        writer.WriteBoolean(request.IsWide);
    }

    public static void WriteBody(ref MessagePackWriter writer, in FindValueReply reply, int maxValueLength)
    {
        int last = reply.IsDisplaced ? FlagLength : 0;
        writer.WriteArrayHeader(FindValueReplyElements + (reply.IsDisplaced ? 1 : 0));
        WriteRecords(ref writer, reply, maxValueLength, last);
        writer.WriteInt64(reply.Held);
        writer.WriteInt64(reply.NewestSequence);
        WriteContacts(ref writer, reply.Contacts, MaxContactsWithRecords, reply.More, last);
        if (reply.IsDisplaced)
        {
            writer.WriteBoolean(true);
        }
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out FindValueRequest request)
    {
        request = default;
        MessagePackReader reader = new(body);
        bool wide = false;
        if (!WireFormat.TryEnter(ref reader, FindValueElements - 1, out int more)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long kind)
            || kind == 0
            || !WireFormat.TryReadId(ref reader, out NodeId hash)
            || !WireFormat.TryReadNumber(ref reader, int.MaxValue, out long cursor)
            || !(more == 0 || reader.TryReadBoolean(out wide)))
        {
            return false;
        }

        request = new FindValueRequest(new RecordKey((RecordKind)kind, hash), (int)cursor, wide);
        return true;
    }

    public static bool TryRead(
        ReadOnlySpan<byte> body, DecodeScratch scratch, out FindValueReply reply, int maxValueLength = Record.MaxDatagramValueLength)
    {
        reply = default;
        bool displaced = false;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, FindValueReplyElements, out int further)
            || !TryReadRecords(ref reader, scratch.Records, maxValueLength, out int recordCount)
            || !WireFormat.TryReadNumber(ref reader, int.MaxValue, out long held)
            || !WireFormat.TryReadNumber(ref reader, long.MaxValue, out long newest)
            || !ContactFormat.TryRead(ref reader, scratch.Contacts.AsSpan(0, MaxContactsWithRecords), out int contactCount)
            || !reader.TryReadBoolean(out bool more)
            || !(further == 0 || reader.TryReadBoolean(out displaced)))
        {
            return false;
        }

        RecordList records = new(body, scratch.Records.AsSpan(0, recordCount));
        reply = new FindValueReply(records, (int)held, newest, scratch.Contacts.AsSpan(0, contactCount), more) { IsDisplaced = displaced };
        return true;
    }

    private static void WriteRecords(ref MessagePackWriter writer, in FindValueReply reply, int maxValueLength, int last)
    {
        int listHeader = 1;
        int behind = MessagePackWriter.LengthOf(reply.Held)
            + MessagePackWriter.LengthOf(reply.NewestSequence)
            + ContactFormat.EmptyLength
            + FlagLength
            + last;
        int count = CountFitting(reply.Records, writer.Room - listHeader - behind, maxValueLength);
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++)
        {
            RecordFormat.Write(ref writer, reply.Records[i]);
        }
    }

    private static int CountFitting(in RecordList records, int room, int maxValueLength)
    {
        int limit = int.Min(records.Count, MaxRecords);
        for (int i = 0; i < limit; i++)
        {
            room -= RecordFormat.LengthOf(records[i]);
            if (room < 0 || records[i].Value.Length > maxValueLength)
            {
                return i;
            }
        }

        return limit;
    }

    private static bool TryReadRecords(ref MessagePackReader reader, Span<RecordSlices> records, int maxValueLength, out int count)
    {
        if (!reader.TryReadArrayHeader(out count) || count > records.Length)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!RecordFormat.TryRead(ref reader, maxValueLength, out records[i]))
            {
                return false;
            }
        }

        return true;
    }
}
