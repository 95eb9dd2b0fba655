using Kademlia.Messages;

namespace Kademlia.Wire;

/// <summary>What goes over streams of records, behind its length in 4 bytes. PROTOCOL.md, section 9.5.</summary>
/// <remarks>
/// <code>
/// [ kind, body ]
///   uint  array     as in a datagram, but that values may be of 65,536 bytes
/// </code>
/// What is read points into the frame. Nothing throws, whatever the bytes.
/// </remarks>
internal static class Frame
{
    /// <summary>The longest.</summary>
    public const int MaxLength = 68 * 1024;

    /// <summary>How many bytes say how long the frame is.</summary>
    public const int PrefixLength = sizeof(uint);

    private const int ElementCount = 2;

    /// <summary>What a frame has at most beside its records.</summary>
    private const int Overhead = 64;

    public static ReadOnlyMemory<byte> Write(in FindValueRequest request)
    {
        MessagePackWriter writer = Begin(MessageKind.FindValue, new byte[Overhead], out byte[] frame);
        Codec.WriteBody(ref writer, request);
        return frame.AsMemory(0, writer.Position);
    }

    public static ReadOnlyMemory<byte> Write(in FindValueReply reply)
    {
        int length = Overhead;
        for (int i = 0; i < reply.Records.Count; i++)
        {
            length += RecordFormat.LengthOf(reply.Records[i]);
        }

        MessagePackWriter writer = Begin(MessageKind.FindValue | MessageKind.Reply, new byte[Math.Min(length, MaxLength)], out byte[] frame);
        Codec.WriteBody(ref writer, reply, Record.MaxValueLength);
        return frame.AsMemory(0, writer.Position);
    }

    public static ReadOnlyMemory<byte> Write(in StoreRequest request)
    {
        MessagePackWriter writer = Begin(MessageKind.Store, new byte[Overhead + RecordFormat.LengthOf(request.Record)], out byte[] frame);
        Codec.WriteBody(ref writer, request);
        return frame.AsMemory(0, writer.Position);
    }

    public static ReadOnlyMemory<byte> Write(in StoreReply reply)
    {
        int length = reply.Newer.IsNone ? 0 : RecordFormat.LengthOf(reply.Newer);
        MessagePackWriter writer = Begin(MessageKind.Store | MessageKind.Reply, new byte[Overhead + length], out byte[] frame);
        Codec.WriteBody(ref writer, reply, Record.MaxValueLength);
        return frame.AsMemory(0, writer.Position);
    }

    /// <summary>Says that the kind of a request is not known.</summary>
    public static ReadOnlyMemory<byte> WriteUnsupported()
    {
        MessagePackWriter writer = Begin(MessageKind.Unsupported, new byte[Overhead], out byte[] frame);
        writer.WriteArrayHeader(0);
        return frame.AsMemory(0, writer.Position);
    }

    /// <summary>Reads what a frame says, and finds its body.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out MessageKind kind, out ReadOnlySpan<byte> body)
    {
        kind = default;
        body = default;
        MessagePackReader reader = new(frame);
        if (frame.Length > MaxLength
            || !WireFormat.TryEnter(ref reader, ElementCount, out int unknown)
            || !WireFormat.TryReadNumber(ref reader, (long)MessageKind.Retry, out long number)
            || reader.NextType != MessagePackType.Array)
        {
            return false;
        }

        int start = reader.Position;
        bool hasBody = reader.TrySkip(outerDepth: 1);
        int end = reader.Position;
        kind = (MessageKind)number;
        body = frame[start..end];
        return hasBody && WireFormat.TrySkip(ref reader, unknown, outerDepth: 1) && reader.IsAtEnd;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out StoreRequest request) => Codec.TryRead(body, out request, Record.MaxValueLength);

    public static bool TryRead(ReadOnlySpan<byte> body, out StoreReply reply) => Codec.TryRead(body, out reply, Record.MaxValueLength);

    public static bool TryRead(ReadOnlySpan<byte> body, DecodeScratch scratch, out FindValueReply reply) =>
        Codec.TryRead(body, scratch, out reply, Record.MaxValueLength);

    private static MessagePackWriter Begin(MessageKind kind, byte[] destination, out byte[] frame)
    {
        frame = destination;
        MessagePackWriter writer = new(frame);
        writer.WriteArrayHeader(ElementCount);
        writer.WriteInt64((long)kind);
        return writer;
    }
}
