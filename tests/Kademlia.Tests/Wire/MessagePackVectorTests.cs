using System.Globalization;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>Both directions against the output of an independent implementation: see MessagePackVectors.mjs.</summary>
public class MessagePackVectorTests
{
    private const string Path = "tests/Kademlia.Tests/Wire/MessagePackVectors.txt";

    public static TheoryData<string, string, string> Vectors
    {
        get
        {
            TheoryData<string, string, string> data = [];
            foreach (string[] fields in WireText.ReadRepositoryFile(Path).Select(line => line.Split('\t')))
            {
                data.Add(fields[0], fields[1], fields[2]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Reader_OfOthersBytes_GivesTheValue(string type, string text, string hex)
    {
        byte[] bytes = WireText.ParseHex(hex);
        MessagePackReader reader = new(bytes);
        Assert.True(ReadsAs(ref reader, type, text), $"{type} {text}");
        bool isContainer = type is "array" or "map";
        Assert.True(isContainer || reader.IsAtEnd);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Writer_OfTheValue_GivesOthersBytes(string type, string text, string hex)
    {
        byte[] expected = WireText.ParseHex(hex);
        byte[] written = new byte[expected.Length];
        MessagePackWriter writer = new(written);
        Write(ref writer, type, text);
        Assert.False(writer.Overflowed);
        Assert.Equal(expected.Length, writer.Position);
        Assert.Equal(expected, written);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Writer_IntoTooLittleRoom_OverflowsAndStaysSo(string type, string text, string hex)
    {
        const int Long = 1000;
        int length = WireText.ParseHex(hex).Length;
        byte[] written = new byte[length];
        for (int room = length > Long ? length - 1 : 0; room < length; room++)
        {
            MessagePackWriter writer = new(written.AsSpan(0, room));
            Write(ref writer, type, text);
            writer.WriteRaw([]);
            Assert.True(writer.Overflowed);
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Reader_OfACutVector_ReadsNothingAndStays(string type, string text, string hex)
    {
        byte[] bytes = WireText.ParseHex(hex);
        for (int length = int.Max(0, bytes.Length - 20); length < bytes.Length; length++)
        {
            MessagePackReader reader = new(bytes.AsSpan(0, length));
            MessagePackReader untouched = reader;
            Assert.False(untouched.TrySkip());
            Assert.False(type is not ("array" or "map") && ReadsAs(ref reader, type, text));
            Assert.Equal(0, type is "array" or "map" ? 0 : reader.Position);
        }
    }

    private static bool ReadsAs(ref MessagePackReader reader, string type, string text) => type switch
    {
        "nil" => reader.TryReadNil(),
        "bool" => reader.TryReadBoolean(out bool value) && value == bool.Parse(text),
        "int" => reader.TryReadInt64(out long value) && value == Int64(text),
        "uint" => reader.TryReadUInt64(out ulong value) && value == ulong.Parse(text, CultureInfo.InvariantCulture),
        "float64" => reader.TryReadDouble(out double value) && value.Equals(Double(text)),
        "float32" => reader.TryReadSingle(out float value) && value.Equals((float)Double(text)),
        "str" => reader.TryReadString(out ReadOnlySpan<byte> value) && value.SequenceEqual(WireText.ParseHex(text)),
        "bin" => reader.TryReadBinary(out ReadOnlySpan<byte> value) && value.SequenceEqual(WireText.ParseHex(text)),
        "array" => reader.TryReadArrayHeader(out int count) && count == Int64(text) && HasNils(ref reader, count),
        "map" => reader.TryReadMapHeader(out int count) && count == Int64(text) && HasPairs(ref reader, count),
        "ext" => reader.TryReadExtension(out sbyte code, out ReadOnlySpan<byte> value)
            && code == Int64(text.Split(' ')[0]) && value.SequenceEqual(WireText.ParseHex(text.Split(' ')[1])),
        "timestamp" => reader.TryReadTimestamp(out long seconds, out uint nanoseconds)
            && text == string.Create(CultureInfo.InvariantCulture, $"{seconds} {nanoseconds}"),
        _ => throw new ArgumentException(type),
    };

    private static void Write(ref MessagePackWriter writer, string type, string text)
    {
        string[] parts = text.Split(' ');
        switch (type)
        {
            case "nil":
                writer.WriteNil();
                break;
            case "bool":
                writer.WriteBoolean(bool.Parse(text));
                break;
            case "int":
                writer.WriteInt64(Int64(text));
                break;
            case "uint":
                writer.WriteUInt64(ulong.Parse(text, CultureInfo.InvariantCulture));
                break;
            case "float64":
                writer.WriteDouble(Double(text));
                break;
            case "float32":
                writer.WriteSingle((float)Double(text));
                break;
            case "str":
                writer.WriteString(WireText.ParseHex(text));
                break;
            case "bin":
                writer.WriteBinary(WireText.ParseHex(text));
                break;
            case "array":
                writer.WriteArrayHeader((int)Int64(text));
                writer.WriteRaw([.. Enumerable.Repeat(MessagePackCode.Nil, (int)Int64(text))]);
                break;
            case "map":
                writer.WriteMapHeader((int)Int64(text));
                WritePairs(ref writer, (int)Int64(text));
                break;
            case "ext":
                writer.WriteExtension((sbyte)Int64(parts[0]), WireText.ParseHex(parts[1]));
                break;
            default:
                writer.WriteTimestamp(Int64(parts[0]), (uint)Int64(parts[1]));
                break;
        }
    }

    private static bool HasNils(ref MessagePackReader reader, int count)
    {
        int nils = 0;
        while (reader.TryReadNil())
        {
            nils++;
        }

        return nils == count && reader.IsAtEnd;
    }

    private static bool HasPairs(ref MessagePackReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> key) || key[0] != 'a' + i || !reader.TryReadNil())
            {
                return false;
            }
        }

        return reader.IsAtEnd;
    }

    private static void WritePairs(ref MessagePackWriter writer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            writer.WriteString([(byte)('a' + i)]);
            writer.WriteNil();
        }
    }

    private static long Int64(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static double Double(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
