using System.Buffers.Binary;

namespace Kademlia.Wire;

/// <summary>Writes MessagePack in its shortest form.</summary>
/// <remarks>
/// When the destination is full, <see cref="Overflowed"/> turns true and stays so; what was written is then worthless.
/// Whoever writes an array or a map writes its header first and then its elements.
/// </remarks>
internal ref struct MessagePackWriter(Span<byte> destination)
{
    private const sbyte TimestampType = -1;
    private const int MaxFixMap = 15;
    private const int MaxFixArray = 15;
    private const int MaxFixString = 31;
    private const int MinNegativeFix = -32;

    private readonly Span<byte> _destination = destination;

    /// <summary>How many bytes have been written.</summary>
    public int Position { get; private set; }

    /// <summary>Whether something did not fit.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>How many bytes are left.</summary>
    public readonly int Room => _destination.Length - Position;

    /// <summary>How many bytes a non-negative integer takes.</summary>
    public static int LengthOf(long value) => value switch
    {
        <= sbyte.MaxValue => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    /// <summary>How many bytes a bin takes with its header.</summary>
    public static int LengthOfBinary(int length) => length + (length switch
    {
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    });

    public void WriteNil() => WriteCode(MessagePackCode.Nil);

    public void WriteBoolean(bool value) => WriteCode(value ? MessagePackCode.True : MessagePackCode.False);

    public void WriteUInt64(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.MaxPositiveFix:
                WriteCode((byte)value);
                break;
            case <= byte.MaxValue:
                WriteCode(MessagePackCode.UInt8, value, sizeof(byte));
                break;
            case <= ushort.MaxValue:
                WriteCode(MessagePackCode.UInt16, value, sizeof(ushort));
                break;
            case <= uint.MaxValue:
                WriteCode(MessagePackCode.UInt32, value, sizeof(uint));
                break;
            default:
                WriteCode(MessagePackCode.UInt64, value, sizeof(ulong));
                break;
        }
    }

    public void WriteInt64(long value)
    {
        switch (value)
        {
            case >= 0:
                WriteUInt64((ulong)value);
                break;
            case >= MinNegativeFix:
                WriteCode((byte)value);
                break;
            case >= sbyte.MinValue:
                WriteCode(MessagePackCode.Int8, (ulong)value, sizeof(sbyte));
                break;
            case >= short.MinValue:
                WriteCode(MessagePackCode.Int16, (ulong)value, sizeof(short));
                break;
            case >= int.MinValue:
                WriteCode(MessagePackCode.Int32, (ulong)value, sizeof(int));
                break;
            default:
                WriteCode(MessagePackCode.Int64, (ulong)value, sizeof(long));
                break;
        }
    }

    public void WriteSingle(float value) => WriteCode(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value), sizeof(float));

    public void WriteDouble(double value) => WriteCode(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value), sizeof(double));

    public void WriteString(scoped ReadOnlySpan<byte> utf8)
    {
        WriteHeader(utf8.Length, MaxFixString, MessagePackCode.FixString, MessagePackCode.String8, sizeof(byte));
        WriteRaw(utf8);
    }

    public void WriteBinary(scoped ReadOnlySpan<byte> bytes)
    {
        WriteBinaryHeader(bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Begins a bin whose bytes follow by <see cref="WriteRaw"/> and <see cref="TryReserve"/>.</summary>
    public void WriteBinaryHeader(int length) => WriteHeader(length, -1, 0, MessagePackCode.Binary8, sizeof(byte));

    public void WriteArrayHeader(int count) =>
        WriteHeader(count, MaxFixArray, MessagePackCode.FixArray, MessagePackCode.Array16, sizeof(ushort));

    public void WriteMapHeader(int count) =>
        WriteHeader(count, MaxFixMap, MessagePackCode.FixMap, MessagePackCode.Map16, sizeof(ushort));

    public void WriteExtension(sbyte type, scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 1 or 2 or 4 or 8 or 16)
        {
            WriteCode((byte)(MessagePackCode.FixExtension1 + int.Log2(bytes.Length)));
        }
        else
        {
            WriteHeader(bytes.Length, -1, 0, MessagePackCode.Extension8, sizeof(byte));
        }

        WriteCode((byte)type);
        WriteRaw(bytes);
    }

    /// <summary>Writes a point in time in the shortest of its three formats.</summary>
    public void WriteTimestamp(long seconds, uint nanoseconds)
    {
        const int SecondsBits = 34;
        Span<byte> bytes = stackalloc byte[12];
        if (seconds is < 0 or >= 1L << SecondsBits)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, nanoseconds);
            BinaryPrimitives.WriteInt64BigEndian(bytes[4..], seconds);
        }
        else
        {
            bytes = bytes[..8];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)nanoseconds << SecondsBits) | (ulong)seconds);
            bytes = nanoseconds == 0 && seconds <= uint.MaxValue ? bytes[4..] : bytes;
        }

        WriteExtension(TimestampType, bytes);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        if (TryReserve(bytes.Length, out Span<byte> reserved))
        {
            bytes.CopyTo(reserved);
        }
    }

    /// <summary>Gives the next bytes of the destination to the caller, who fills them; false when they do not fit.</summary>
    public bool TryReserve(int length, out Span<byte> bytes)
    {
        Overflowed |= length > Room;
        bytes = Overflowed ? default : _destination.Slice(Position, length);
        Position += bytes.Length;
        return !Overflowed;
    }

    private void WriteCode(byte code)
    {
        if (TryReserve(1, out Span<byte> bytes))
        {
            bytes[0] = code;
        }
    }

    /// <summary>Writes a code and the lowest <paramref name="width"/> bytes of a value.</summary>
    private void WriteCode(byte code, ulong value, int width)
    {
        if (!TryReserve(1 + width, out Span<byte> bytes))
        {
            return;
        }

        bytes[0] = code;
        bytes = bytes[1..];
        switch (width)
        {
            case sizeof(byte):
                bytes[0] = (byte)value;
                break;
            case sizeof(ushort):
                BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
                break;
            case sizeof(uint):
                BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
                break;
        }
    }

    /// <summary>Writes a length: inside the code while it fits there, else behind the first code that is wide enough.</summary>
    private void WriteHeader(int length, int maxFix, byte fixCode, byte firstCode, int firstWidth)
    {
        if (length <= maxFix)
        {
            WriteCode((byte)(fixCode + length));
            return;
        }

        int width = length switch
        {
            <= byte.MaxValue => sizeof(byte),
            <= ushort.MaxValue => sizeof(ushort),
            _ => sizeof(uint),
        };
        width = int.Max(width, firstWidth);
        WriteCode((byte)(firstCode + int.Log2(width / firstWidth)), (ulong)length, width);
    }
}
