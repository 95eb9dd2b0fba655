using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Kademlia.Wire;

/// <summary>Reads MessagePack from bytes that a stranger may have written.</summary>
/// <remarks>
/// A verb returns false, and has moved nothing, when the next value is of another family, cut off, or longer than what is left.
/// Every valid encoding of a value is taken, not only the shortest. Spans are slices of the bytes given: nothing is copied.
/// Source: the MessagePack specification (github.com/msgpack/msgpack, spec.md).
/// </remarks>
internal ref struct MessagePackReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>How many arrays and maps may lie inside each other.</summary>
    public const int MaxDepth = 10;

    /// <summary>How many values a reader passes over with <see cref="TrySkip"/>; keys and containers count too.</summary>
    public const int MaxTokens = 500;

    private const sbyte TimestampType = -1;
    private const uint NanosecondsPerSecond = 1_000_000_000;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _skipped;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>The family of the next value.</summary>
    public readonly MessagePackType NextType => Peek().Type;

    public bool TryReadNil()
    {
        bool isNil = Position < _bytes.Length && _bytes[Position] == MessagePackCode.Nil;
        Position += isNil ? 1 : 0;
        return isNil;
    }

    public bool TryReadBoolean(out bool value)
    {
        byte code = Position < _bytes.Length ? _bytes[Position] : MessagePackCode.Unused;
        value = code == MessagePackCode.True;
        bool read = value || code == MessagePackCode.False;
        Position += read ? 1 : 0;
        return read;
    }

    /// <summary>Takes bytes as they are; false when so many are not left.</summary>
    public bool TryReadRaw(int length, out ReadOnlySpan<byte> bytes)
    {
        bool fits = length <= _bytes.Length - Position;
        bytes = fits ? _bytes.Slice(Position, length) : default;
        Position += bytes.Length;
        return fits;
    }

    /// <summary>Reads an integer of zero or more, however it was written.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        int start = Position;
        bool valid = TryReadInteger(out value, out bool isNegative) && !isNegative;
        Position = valid ? Position : start;
        return valid;
    }

    /// <summary>Reads an integer of at most 2^63 - 1, however it was written.</summary>
    public bool TryReadInt64(out long value)
    {
        int start = Position;
        bool valid = TryReadInteger(out ulong bits, out bool isNegative) && (isNegative || bits <= long.MaxValue);
        Position = valid ? Position : start;
        value = valid ? (long)bits : 0;
        return valid;
    }

    /// <summary>Reads a number of 32 bits.</summary>
    public bool TryReadSingle(out float value)
    {
        bool valid = Peek() is { Type: MessagePackType.Float, Length: sizeof(float) };
        value = valid && TryTake(MessagePackType.Float, out _, out ReadOnlySpan<byte> bytes)
            ? BinaryPrimitives.ReadSingleBigEndian(bytes)
            : 0;
        return valid;
    }

    /// <summary>Reads a number of 64 or 32 bits.</summary>
    public bool TryReadDouble(out double value)
    {
        bool read = TryTake(MessagePackType.Float, out _, out ReadOnlySpan<byte> bytes);
        value = bytes.Length switch
        {
            sizeof(double) => BinaryPrimitives.ReadDoubleBigEndian(bytes),
            sizeof(float) => BinaryPrimitives.ReadSingleBigEndian(bytes),
            _ => 0,
        };
        return read;
    }

    /// <summary>Reads the bytes of a string; whether they are valid UTF-8 is not looked at.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> utf8) => TryTake(MessagePackType.String, out _, out utf8);

    public bool TryReadBinary(out ReadOnlySpan<byte> bytes) => TryTake(MessagePackType.Binary, out _, out bytes);

    /// <summary>Reads bytes of exactly one length.</summary>
    public bool TryReadBinary(int length, out ReadOnlySpan<byte> bytes)
    {
        int start = Position;
        bool valid = TryReadBinary(out bytes) && bytes.Length == length;
        Position = valid ? Position : start;
        return valid;
    }

    /// <summary>Enters an array. Its elements follow; there are never more than bytes left.</summary>
    public bool TryReadArrayHeader(out int count) => TryReadHeader(MessagePackType.Array, out count);

    /// <summary>Enters a map. Its pairs follow, each a key and a value; there are never more than bytes left.</summary>
    public bool TryReadMapHeader(out int count) => TryReadHeader(MessagePackType.Map, out count);

    public bool TryReadExtension(out sbyte type, out ReadOnlySpan<byte> bytes)
    {
        int typePosition = Position + Peek().HeaderLength - 1;
        bool read = TryTake(MessagePackType.Extension, out _, out bytes);
        type = read ? (sbyte)_bytes[typePosition] : (sbyte)0;
        return read;
    }

    /// <summary>Reads a point in time in any of its three formats: seconds since 1970, which may be negative, and nanoseconds after that.</summary>
    public bool TryReadTimestamp(out long seconds, out uint nanoseconds)
    {
        int start = Position;
        (seconds, nanoseconds) = (0, NanosecondsPerSecond);
        if (TryReadExtension(out sbyte type, out ReadOnlySpan<byte> bytes) && type == TimestampType)
        {
            (seconds, nanoseconds) = ParseTimestamp(bytes);
        }

        bool valid = nanoseconds < NanosecondsPerSecond;
        Position = valid ? Position : start;
        return valid;
    }

    /// <summary>Passes over one value with all that is inside it, within <see cref="MaxDepth"/> and <see cref="MaxTokens"/>.</summary>
    /// <param name="outerDepth">How many arrays and maps have been entered already.</param>
    public bool TrySkip(int outerDepth = 0)
    {
        int start = Position;
        bool skipped = TrySkipAll(outerDepth);
        Position = skipped ? Position : start;
        return skipped;
    }

    private static (long Seconds, uint Nanoseconds) ParseTimestamp(ReadOnlySpan<byte> bytes)
    {
        const int SecondsBits = 34;
        const int Length32 = 4;
        const int Length64 = 8;
        const int Length96 = 12;
        if (bytes.Length == Length64)
        {
            ulong both = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            return ((long)(both & ((1UL << SecondsBits) - 1)), (uint)(both >> SecondsBits));
        }

        return bytes.Length switch
        {
            Length32 => (BinaryPrimitives.ReadUInt32BigEndian(bytes), 0),
            Length96 => (BinaryPrimitives.ReadInt64BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            _ => (0, NanosecondsPerSecond),
        };
    }

    private static ulong ReadBigEndian(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        1 => bytes[0],
        2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };

    /// <summary>Passes over a value; the depth bounds how often it calls itself.</summary>
    private bool TrySkipAll(int depth)
    {
        Head head = Peek();
        if (head.Type == MessagePackType.None || ++_skipped > MaxTokens || (head.IsContainer && depth == MaxDepth))
        {
            return false;
        }

        Position += head.IsContainer ? head.HeaderLength : head.HeaderLength + (int)head.Length;
        for (long left = head.Children; left > 0; left--)
        {
            if (!TrySkipAll(depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bits of an integer; of a negative one, its two's complement.</summary>
    private bool TryReadInteger(out ulong bits, out bool isNegative)
    {
        bits = 0;
        isNegative = false;
        if (Position < _bytes.Length && _bytes[Position] <= MessagePackCode.MaxPositiveFix)
        {
            bits = _bytes[Position++];
            return true;
        }

        if (!TryTake(MessagePackType.Integer, out byte code, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        if (bytes.IsEmpty)
        {
            bits = (ulong)(sbyte)code;
            isNegative = code >= MessagePackCode.MinNegativeFix;
            return true;
        }

        bits = ReadBigEndian(bytes);
        if (code >= MessagePackCode.Int8)
        {
            int unused = 64 - (8 * bytes.Length);
            bits = (ulong)((long)(bits << unused) >> unused);
            isNegative = (long)bits < 0;
        }

        return true;
    }

    private bool TryReadHeader(MessagePackType type, out int count)
    {
        Head head = Peek();
        bool valid = head.Type == type;
        count = valid ? (int)head.Length : 0;
        Position += valid ? head.HeaderLength : 0;
        return valid;
    }

    private bool TryTake(MessagePackType type, out byte code, out ReadOnlySpan<byte> payload)
    {
        Head head = Peek();
        if (head.Type != type)
        {
            code = 0;
            payload = default;
            return false;
        }

        code = _bytes[Position];
        payload = _bytes.Slice(Position + head.HeaderLength, (int)head.Length);
        Position += head.HeaderLength + (int)head.Length;
        return true;
    }

    /// <summary>What comes next, if all of it is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Head Peek()
    {
        ReadOnlySpan<byte> rest = _bytes[Position..];
        if (rest.IsEmpty)
        {
            return default;
        }

        MessagePackForm form = MessagePackForm.Of(rest[0]);
        if (form.Width >= rest.Length)
        {
            return default;
        }

        uint length = form.Width == 0 ? form.Length : form.Width == 1 ? rest[1] : (uint)ReadBigEndian(rest.Slice(1, form.Width));
        Head head = new(form.Type, form.HeaderLength, length);
        long needed = form.Type == MessagePackType.Map ? 2L * length : length;
        return head.HeaderLength + needed <= rest.Length ? head : default;
    }

    /// <summary>The family of a value, the length of what comes before its payload, and of its payload: bytes, elements or pairs.</summary>
    private readonly record struct Head(MessagePackType Type, byte HeaderLength, uint Length)
    {
        public bool IsContainer => Type is MessagePackType.Array or MessagePackType.Map;

        /// <summary>How many values lie directly inside.</summary>
        public long Children => Type switch
        {
            MessagePackType.Array => Length,
            MessagePackType.Map => 2L * Length,
            _ => 0,
        };
    }
}
