using System.Buffers.Binary;

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

    /// <summary>The most marks that a find_node request holds.</summary>
    public const int MaxMarks = 32;

    /// <summary>The most contacts that a find_value reply holds, when its request was wide.</summary>
    public const int MaxContactsWithRecords = 20;

    /// <summary>How many it holds otherwise: gets take the same time with 6 to 20, and fewer are fewer bytes.</summary>
    public const int FewContacts = 8;

    /// <summary>The most records that a find_value reply holds.</summary>
    public const int MaxRecords = 8;

    /// <summary>The version of the protocol.</summary>
    public const int Version = 1;

    /// <summary>How many elements every message of this version has, besides the padding.</summary>
    public const int ElementCount = 9;

    private const int WordLength = sizeof(ulong);
    private const byte PaddedArray = MessagePackCode.FixArray + ElementCount + 1;

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
}
