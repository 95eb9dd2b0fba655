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
        bool read = TryTake(MessagePackType.Boolean, out byte code, out _);
        value = code == MessagePackCode.True;
        return read;
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

    public bool TryReadBinary(out ReadOnlySpan<byte> bytes) =>
        TryTakeShortBinary(out bytes) || TryTake(MessagePackType.Binary, out _, out bytes);

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
        Head head = Peek();
        if (!head.IsContainer && head.Type != MessagePackType.None && _skipped < MaxTokens)
        {
            _skipped++;
            Position += head.HeaderLength + (int)head.Length;
            return true;
        }

        int start = Position;
        bool skipped = TrySkipNested(outerDepth);
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

    /// <summary>Passes over a value, keeping in mind how many are left on each level inside it.</summary>
    [SkipLocalsInit]
    private bool TrySkipNested(int outerDepth)
    {
        Span<long> left = stackalloc long[MaxDepth];
        int depth = outerDepth;
        do
        {
            Head head = Peek();
            if (head.Type == MessagePackType.None || ++_skipped > MaxTokens || (head.IsContainer && depth == MaxDepth))
            {
                return false;
            }

            Position += head.IsContainer ? head.HeaderLength : head.HeaderLength + (int)head.Length;
            if (head.Children > 0)
            {
                left[depth++] = head.Children;
                continue;
            }

            while (depth > outerDepth && --left[depth - 1] == 0)
            {
                depth--;
            }
        }
        while (depth > outerDepth);
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

    /// <summary>The form of nearly all bytes on the wire, without the way through all forms.</summary>
    private bool TryTakeShortBinary(out ReadOnlySpan<byte> payload)
    {
        const int HeaderLength = 2;
        payload = default;
        ReadOnlySpan<byte> rest = _bytes[Position..];
        if (rest.Length < HeaderLength || rest[0] != MessagePackCode.Binary8 || rest[1] > rest.Length - HeaderLength)
        {
            return false;
        }

        payload = rest.Slice(HeaderLength, rest[1]);
        Position += HeaderLength + payload.Length;
        return true;
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
    private readonly Head Peek()
    {
        if (Position >= _bytes.Length)
        {
            return default;
        }

        Head head = PeekHeader();
        long needed = head.IsContainer ? head.Children : head.Length;
        return head.HeaderLength + needed <= _bytes.Length - Position ? head : default;
    }

    private readonly Head PeekHeader()
    {
        byte code = _bytes[Position];
        return code switch
        {
            <= MessagePackCode.MaxPositiveFix or >= MessagePackCode.MinNegativeFix => new Head(MessagePackType.Integer, 1, 0),
            < MessagePackCode.FixArray => new Head(MessagePackType.Map, 1, (uint)code - MessagePackCode.FixMap),
            < MessagePackCode.FixString => new Head(MessagePackType.Array, 1, (uint)code - MessagePackCode.FixArray),
            < MessagePackCode.Nil => new Head(MessagePackType.String, 1, (uint)code - MessagePackCode.FixString),
            MessagePackCode.Nil => new Head(MessagePackType.Nil, 1, 0),
            MessagePackCode.False or MessagePackCode.True => new Head(MessagePackType.Boolean, 1, 0),
            MessagePackCode.Unused => default,
            <= MessagePackCode.Binary32 => PeekLength(MessagePackType.Binary, 1 << (code - MessagePackCode.Binary8), 0),
            <= MessagePackCode.Extension32 => PeekLength(MessagePackType.Extension, 1 << (code - MessagePackCode.Extension8), 1),
            <= MessagePackCode.Float64 => new Head(MessagePackType.Float, 1, 4U << (code - MessagePackCode.Float32)),
            <= MessagePackCode.UInt64 => new Head(MessagePackType.Integer, 1, 1U << (code - MessagePackCode.UInt8)),
            <= MessagePackCode.Int64 => new Head(MessagePackType.Integer, 1, 1U << (code - MessagePackCode.Int8)),
            <= MessagePackCode.FixExtension16 => new Head(MessagePackType.Extension, 2, 1U << (code - MessagePackCode.FixExtension1)),
            <= MessagePackCode.String32 => PeekLength(MessagePackType.String, 1 << (code - MessagePackCode.String8), 0),
            <= MessagePackCode.Array32 => PeekLength(MessagePackType.Array, 2 << (code - MessagePackCode.Array16), 0),
            _ => PeekLength(MessagePackType.Map, 2 << (code - MessagePackCode.Map16), 0),
        };
    }

    /// <summary>A header whose length, or count, follows the code in <paramref name="width"/> bytes.</summary>
    private readonly Head PeekLength(MessagePackType type, int width, int typeWidth)
    {
        ReadOnlySpan<byte> rest = _bytes[(Position + 1)..];
        return rest.Length < width
            ? default
            : new Head(type, (byte)(1 + width + typeWidth), (uint)ReadBigEndian(rest[..width]));
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
