using System.Buffers.Binary;
using Kademlia.Admission;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <summary>Turns messages into bytes and back, for one network. The specification is PROTOCOL.md beside this file.</summary>
/// <remarks>
/// <code>
/// [ version, network, kind, transaction, sender, flags, token,     observed,       body,  padding? ]
///   uint 1   bin 8    uint  bin 8        bin 32  uint   bin 8|nil  bin 6|18 | nil  array  bin | nil
/// </code>
/// Nothing is allocated. What is read points into the datagram (and into the <see cref="DecodeScratch"/> given), what is
/// written goes into the caller's span. Reading is in two steps: <see cref="TryReadEnvelope"/> looks over the whole datagram and
/// says of what kind it is; the matching <c>TryRead</c> then reads the body. Neither throws, whatever the bytes.
/// Writing returns the length, or 0 when the message does not fit.
/// A request is padded, a reply is cut to its destination, so that no reply is longer than the caller allows.
/// </remarks>
internal sealed partial class Codec(ulong network)
{
    /// <summary>The longest message. Sealed, it is <see cref="Sealer.Overhead"/> bytes longer: 1,200.</summary>
    public const int MaxMessageLength = 1168;

    /// <summary>The shortest request: long enough that every reply without contacts and records is shorter.</summary>
    public const int MinRequestLength = 128;

    /// <summary>The most contacts that a find_node reply may hold; 28 fit.</summary>
    public const int MaxContacts = 29;

    /// <summary>The most contacts that a find_value reply holds.</summary>
    public const int MaxContactsWithRecords = 8;

    /// <summary>The most records that a find_value reply holds.</summary>
    public const int MaxRecords = 8;

    private const int Version = 1;
    private const int ElementCount = 9;
    private const int WordLength = sizeof(ulong);
    private const byte PaddedArray = MessagePackCode.FixArray + ElementCount + 1;

    /// <summary>Reads what every message carries, and finds its body.</summary>
    public DecodeOutcome TryReadEnvelope(ReadOnlySpan<byte> datagram, out Envelope envelope, out ReadOnlySpan<byte> body)
    {
        envelope = default;
        body = default;
        MessagePackReader reader = new(datagram);
        if (datagram.Length > MaxMessageLength
            || !reader.TryReadArrayHeader(out int count)
            || !WireFormat.TryReadNumber(ref reader, long.MaxValue, out long version))
        {
            return DecodeOutcome.Malformed;
        }

        if (version != Version)
        {
            return DecodeOutcome.OtherVersion;
        }

        if (!TryReadWord(ref reader, out ulong theirs))
        {
            return DecodeOutcome.Malformed;
        }

        return theirs != network ? DecodeOutcome.OtherNetwork
            : count < ElementCount ? DecodeOutcome.Malformed
            : TryReadRest(ref reader, datagram, count - ElementCount, out envelope, out body);
    }

    private static DecodeOutcome TryReadRest(
        scoped ref MessagePackReader reader, ReadOnlySpan<byte> datagram, int unknown, out Envelope envelope, out ReadOnlySpan<byte> body)
    {
        envelope = default;
        body = default;
        if (!WireFormat.TryReadNumber(ref reader, long.MaxValue, out long kind))
        {
            return DecodeOutcome.Malformed;
        }

        if (!IsKnown(kind))
        {
            return DecodeOutcome.OtherKind;
        }

        PeerEndPoint observed = default;
        bool isReply = (kind & (long)MessageKind.Reply) != 0;
        if ((!isReply && datagram.Length < MinRequestLength)
            || !TryReadWord(ref reader, out ulong transaction)
            || !WireFormat.TryReadId(ref reader, out NodeId sender)
            || !reader.TryReadUInt64(out ulong flags)
            || !TryReadToken(ref reader, out AddressToken token)
            || (token.IsNone && kind == (long)MessageKind.Retry)
            || !(isReply ? EndPointFormat.TryRead(ref reader, out observed) : reader.TryReadNil())
            || reader.NextType != MessagePackType.Array)
        {
            return DecodeOutcome.Malformed;
        }

        int start = reader.Position;
        if (!reader.TrySkip(outerDepth: 1))
        {
            return DecodeOutcome.Malformed;
        }

        int end = reader.Position;
        if (!WireFormat.TrySkip(ref reader, unknown, outerDepth: 1) || !reader.IsAtEnd)
        {
            return DecodeOutcome.Malformed;
        }

        body = datagram[start..end];
        SenderFlags known = (SenderFlags)flags & (SenderFlags.Client | SenderFlags.Leaving);
        envelope = new Envelope((MessageKind)kind, transaction, sender, known, token, observed);
        return DecodeOutcome.Ok;
    }

    /// <summary>Whether a kind is to be read: the requests of all versions, since each has an answer, and the replies that we know.</summary>
    private static bool IsKnown(long kind) => kind is
        (>= (long)MessageKind.Ping and < (long)MessageKind.Reply)
        or (>= (long)(MessageKind.Ping | MessageKind.Reply) and <= (long)(MessageKind.Talk | MessageKind.Reply))
        or (long)MessageKind.Unsupported
        or (long)MessageKind.Retry;

    private static bool TryReadWord(ref MessagePackReader reader, out ulong word)
    {
        bool valid = reader.TryReadBinary(WordLength, out ReadOnlySpan<byte> bytes);
        word = valid ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;
        return valid;
    }

    private static bool TryReadToken(ref MessagePackReader reader, out AddressToken token)
    {
        ulong value = 0;
        bool valid = reader.TryReadNil() || TryReadWord(ref reader, out value);
        token = new AddressToken(value);
        return valid;
    }

    private static void WriteWord(ref MessagePackWriter writer, ulong word)
    {
        writer.WriteBinaryHeader(WordLength);
        if (writer.TryReserve(WordLength, out Span<byte> bytes))
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, word);
        }
    }

    private static int Finish(in MessagePackWriter writer) => writer.Overflowed ? 0 : writer.Position;

    /// <summary>Ends a request: pads it to exactly <paramref name="paddedLength"/>, or to the least length of a request, if it is shorter.</summary>
    private static int FinishPadded(ref MessagePackWriter writer, Span<byte> destination, int paddedLength)
    {
        int lacking = int.Max(paddedLength, MinRequestLength) - writer.Position;
        if (lacking > 0 && writer.TryReserve(lacking, out Span<byte> padding))
        {
            destination[0] = PaddedArray;
            WritePadding(padding);
        }

        return Finish(writer);
    }

    /// <summary>Fills any length of one byte or more with one value: nil, or a bin of zeros.</summary>
    private static void WritePadding(Span<byte> padding)
    {
        const int Header8 = 2;
        const int Header16 = 3;
        padding.Clear();
        if (padding.Length == 1)
        {
            padding[0] = MessagePackCode.Nil;
        }
        else if (padding.Length - Header8 <= byte.MaxValue)
        {
            padding[0] = MessagePackCode.Binary8;
            padding[1] = (byte)(padding.Length - Header8);
        }
        else
        {
            padding[0] = MessagePackCode.Binary16;
            BinaryPrimitives.WriteUInt16BigEndian(padding[1..], (ushort)(padding.Length - Header16));
        }
    }

    /// <summary>Writes everything up to the body.</summary>
    private MessagePackWriter Begin(Span<byte> destination, scoped in Envelope envelope)
    {
        MessagePackWriter writer = new(destination[..int.Min(destination.Length, MaxMessageLength)]);
        writer.WriteArrayHeader(ElementCount);
        writer.WriteInt64(Version);
        WriteWord(ref writer, network);
        writer.WriteInt64((long)envelope.Kind);
        WriteWord(ref writer, envelope.Transaction);
        WireFormat.WriteId(ref writer, envelope.Sender);
        writer.WriteInt64((long)envelope.Flags);
        if (envelope.Token.IsNone)
        {
            writer.WriteNil();
        }
        else
        {
            WriteWord(ref writer, envelope.Token.Value);
        }

        if (envelope.IsReply)
        {
            EndPointFormat.Write(ref writer, envelope.Observed);
        }
        else
        {
            writer.WriteNil();
        }

        return writer;
    }
}
