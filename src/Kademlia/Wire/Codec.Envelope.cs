using System.Buffers.Binary;
using Kademlia.Admission;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <content>The envelope.</content>
internal sealed partial class Codec
{
    /// <summary>Reads what every message carries, and finds its body.</summary>
    public DecodeOutcome TryReadEnvelope(ReadOnlySpan<byte> datagram, out Envelope envelope, out ReadOnlySpan<byte> body)
    {
        envelope = default;
        body = default;
        if (datagram.Length > MaxMessageLength)
        {
            return DecodeOutcome.Malformed;
        }

        MessagePackReader reader = new(datagram);
        DecodeOutcome outcome = ShortHead.Begins(datagram)
            ? ReadShortHead(ref reader, out Head head)
            : TryReadAnyHead(ref reader, out head);
        return outcome != DecodeOutcome.Ok ? outcome
            : TryReadRest(ref reader, datagram, head, out envelope, out body) ? DecodeOutcome.Ok
            : DecodeOutcome.Malformed;
    }

    /// <summary>Reads everything up to the flags where it begins with a <see cref="ShortHead"/>.</summary>
    private DecodeOutcome ReadShortHead(ref MessagePackReader reader, out Head head)
    {
        reader.TryReadRaw(ShortHead.Length, out ReadOnlySpan<byte> bytes);
        ShortHead read = new(bytes);
        head = new Head(read.Kind, read.Transaction, read.Sender, (ulong)read.Flags, read.Unknown);
        return read.Network != network ? DecodeOutcome.OtherNetwork
            : IsKnown((long)read.Kind) ? DecodeOutcome.Ok
            : DecodeOutcome.OtherKind;
    }

    /// <summary>Reads everything up to the flags, however it is written.</summary>
    private DecodeOutcome TryReadAnyHead(ref MessagePackReader reader, out Head head)
    {
        head = default;
        if (!reader.TryReadArrayHeader(out int count) || !WireFormat.TryReadNumber(ref reader, long.MaxValue, out long version))
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
            : TryReadKind(ref reader, count - ElementCount, out head);
    }

    private static DecodeOutcome TryReadKind(ref MessagePackReader reader, int unknown, out Head head)
    {
        head = default;
        if (!WireFormat.TryReadNumber(ref reader, long.MaxValue, out long kind))
        {
            return DecodeOutcome.Malformed;
        }

        if (!IsKnown(kind))
        {
            return DecodeOutcome.OtherKind;
        }

        if (!TryReadWord(ref reader, out ulong transaction)
            || !WireFormat.TryReadId(ref reader, out NodeId sender)
            || !reader.TryReadUInt64(out ulong flags))
        {
            return DecodeOutcome.Malformed;
        }

        head = new Head((MessageKind)kind, transaction, sender, flags, unknown);
        return DecodeOutcome.Ok;
    }

    /// <summary>Reads the token and the endpoint, and looks over the body and all that is behind it.</summary>
    private static bool TryReadRest(
        scoped ref MessagePackReader reader, ReadOnlySpan<byte> datagram, scoped in Head head, out Envelope envelope, out ReadOnlySpan<byte> body)
    {
        envelope = default;
        body = default;
        PeerEndPoint observed = default;
        bool isReply = (head.Kind & MessageKind.Reply) != 0;
        if ((!isReply && datagram.Length < MinRequestLength)
            || !TryReadToken(ref reader, out AddressToken token)
            || (token.IsNone && head.Kind == MessageKind.Retry)
            || !(isReply ? EndPointFormat.TryRead(ref reader, out observed) : reader.TryReadNil())
            || reader.NextType != MessagePackType.Array)
        {
            return false;
        }

        int start = reader.Position;
        if (!reader.TrySkip(outerDepth: 1))
        {
            return false;
        }

        int end = reader.Position;
        if (!WireFormat.TrySkip(ref reader, head.Unknown, outerDepth: 1) || !reader.IsAtEnd)
        {
            return false;
        }

        body = datagram[start..end];
        SenderFlags known = (SenderFlags)head.Flags & (SenderFlags.Client | SenderFlags.Leaving);
        envelope = new Envelope(head.Kind, head.Transaction, head.Sender, known, token, observed);
        return true;
    }

    /// <summary>Whether a kind is to be read: the requests of all versions, since each has an answer, and the replies that we know.</summary>
    private static bool IsKnown(long kind) => kind is
        (>= (long)MessageKind.Ping and < (long)MessageKind.Reply)
        or (>= (long)(MessageKind.Ping | MessageKind.Reply) and <= (long)(MessageKind.Probe | MessageKind.Reply))
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

    /// <summary>Writes everything up to the body.</summary>
    private MessagePackWriter Begin(Span<byte> destination, scoped in Envelope envelope)
    {
        MessagePackWriter writer = new(destination[..int.Min(destination.Length, MaxMessageLength)]);
        if (writer.TryReserve(ShortHead.Length, out Span<byte> head))
        {
            ShortHead.Write(head, network, envelope);
        }

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

    /// <summary>The fields up to the flags, and how many elements follow those of this version.</summary>
    private readonly record struct Head(MessageKind Kind, ulong Transaction, NodeId Sender, ulong Flags, int Unknown);
}
