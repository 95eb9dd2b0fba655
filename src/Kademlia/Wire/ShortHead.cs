using System.Buffers.Binary;
using System.Diagnostics;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <summary>The first bytes of a message whose fields are in their shortest forms, as nearly all are: each field has its place.</summary>
/// <remarks>
/// <code>
/// 99|9a 01 | c4 08 network 8 | kind 1 | c4 08 transaction 8 | c4 20 sender 32 | flags 1
/// 0        2   4             12       13  15                23  25              57
/// </code>
/// One comparison of the length stands for all that a reader of single values would make. What begins otherwise is not refused,
/// but read value by value, and means the same: see <see cref="Codec"/>.
/// </remarks>
internal readonly ref struct ShortHead(ReadOnlySpan<byte> bytes)
{
    public const int Length = FlagsAt + 1;

    private const int NetworkAt = 4;
    private const int KindAt = 12;
    private const int TransactionAt = 15;
    private const int SenderAt = 25;
    private const int FlagsAt = 57;

    private const uint FirstCount = MessagePackCode.FixArray + Codec.ElementCount;
    private const uint Unpadded = (FirstCount << 24) | (Codec.Version << 16) | WordHeader;
    private const uint Padded = Unpadded + (1U << 24);
    private const ushort WordHeader = (MessagePackCode.Binary8 << 8) | sizeof(ulong);
    private const ushort IdHeader = (MessagePackCode.Binary8 << 8) | NodeId.ByteLength;

    private readonly ReadOnlySpan<byte> _bytes = bytes[..Length];

    /// <summary>How many elements follow those of this version.</summary>
    public int Unknown => _bytes[0] - (int)FirstCount;

    public ulong Network => BinaryPrimitives.ReadUInt64BigEndian(_bytes[NetworkAt..]);

    public MessageKind Kind => (MessageKind)_bytes[KindAt];

    public ulong Transaction => BinaryPrimitives.ReadUInt64BigEndian(_bytes[TransactionAt..]);

    public NodeId Sender => new(_bytes.Slice(SenderAt, NodeId.ByteLength));

    public SenderFlags Flags => (SenderFlags)_bytes[FlagsAt];

    /// <summary>Whether a datagram begins so.</summary>
    public static bool Begins(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= Length
        && BinaryPrimitives.ReadUInt32BigEndian(datagram) is Unpadded or Padded
        && datagram[KindAt] <= MessagePackCode.MaxPositiveFix
        && BinaryPrimitives.ReadUInt16BigEndian(datagram[(KindAt + 1)..]) == WordHeader
        && BinaryPrimitives.ReadUInt16BigEndian(datagram[(SenderAt - sizeof(ushort))..]) == IdHeader
        && datagram[FlagsAt] <= MessagePackCode.MaxPositiveFix;

    /// <summary>Writes the head of a message that is not padded.</summary>
    public static void Write(Span<byte> destination, ulong network, in Envelope envelope)
    {
        Debug.Assert((byte)envelope.Kind <= MessagePackCode.MaxPositiveFix, "The kind takes more than its byte.");
        Debug.Assert((byte)envelope.Flags <= MessagePackCode.MaxPositiveFix, "The flags take more than their byte.");
        Span<byte> bytes = destination[..Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Unpadded);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[NetworkAt..], network);
        bytes[KindAt] = (byte)envelope.Kind;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(KindAt + 1)..], WordHeader);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[TransactionAt..], envelope.Transaction);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(SenderAt - sizeof(ushort))..], IdHeader);
        envelope.Sender.WriteTo(bytes[SenderAt..]);
        bytes[FlagsAt] = (byte)envelope.Flags;
    }
}
