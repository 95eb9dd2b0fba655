namespace Kademlia.Wire;

/// <summary>What the first byte of a value says of it.</summary>
/// <param name="Type">Its family.</param>
/// <param name="HeaderLength">How many bytes come before its payload: the code, its length or count, and the type of an extension.</param>
/// <param name="Width">How many bytes after the code hold the length, or count; 0 when it is <paramref name="Length"/>.</param>
/// <param name="Length">The length of its payload, or count, when the code alone says it.</param>
internal readonly record struct MessagePackForm(MessagePackType Type, byte HeaderLength, byte Width, byte Length)
{
    // Looked up rather than worked out for each value: the way through all forms costs more than all else of reading one.
    private static readonly MessagePackForm[] ByCode = [.. Enumerable.Range(0, byte.MaxValue + 1).Select(code => Describe((byte)code))];

    /// <summary>The form of values that begin with a code.</summary>
    public static MessagePackForm Of(byte code) => ByCode[code];

    private static MessagePackForm Describe(byte code) => code switch
    {
        <= MessagePackCode.MaxPositiveFix or >= MessagePackCode.MinNegativeFix => Fixed(MessagePackType.Integer, 0),
        < MessagePackCode.FixArray => Fixed(MessagePackType.Map, code - MessagePackCode.FixMap),
        < MessagePackCode.FixString => Fixed(MessagePackType.Array, code - MessagePackCode.FixArray),
        < MessagePackCode.Nil => Fixed(MessagePackType.String, code - MessagePackCode.FixString),
        MessagePackCode.Nil => Fixed(MessagePackType.Nil, 0),
        MessagePackCode.False or MessagePackCode.True => Fixed(MessagePackType.Boolean, 0),
        MessagePackCode.Unused => default,
        <= MessagePackCode.Binary32 => Counted(MessagePackType.Binary, 1 << (code - MessagePackCode.Binary8)),
        <= MessagePackCode.Extension32 => Counted(MessagePackType.Extension, 1 << (code - MessagePackCode.Extension8), typeWidth: 1),
        <= MessagePackCode.Float64 => Fixed(MessagePackType.Float, sizeof(float) << (code - MessagePackCode.Float32)),
        <= MessagePackCode.UInt64 => Fixed(MessagePackType.Integer, 1 << (code - MessagePackCode.UInt8)),
        <= MessagePackCode.Int64 => Fixed(MessagePackType.Integer, 1 << (code - MessagePackCode.Int8)),
        <= MessagePackCode.FixExtension16 => Fixed(MessagePackType.Extension, 1 << (code - MessagePackCode.FixExtension1), typeWidth: 1),
        <= MessagePackCode.String32 => Counted(MessagePackType.String, 1 << (code - MessagePackCode.String8)),
        <= MessagePackCode.Array32 => Counted(MessagePackType.Array, 2 << (code - MessagePackCode.Array16)),
        _ => Counted(MessagePackType.Map, 2 << (code - MessagePackCode.Map16)),
    };

    private static MessagePackForm Fixed(MessagePackType type, int length, int typeWidth = 0) =>
        new(type, (byte)(1 + typeWidth), 0, (byte)length);

    private static MessagePackForm Counted(MessagePackType type, int width, int typeWidth = 0) =>
        new(type, (byte)(1 + width + typeWidth), (byte)width, 0);
}
