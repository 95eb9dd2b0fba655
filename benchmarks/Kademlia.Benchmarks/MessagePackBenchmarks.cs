using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Kademlia.Wire;

namespace Kademlia.Benchmarks;

/// <summary>A small array of mixed values, beside the platform's own JSON writer and reader over reused buffers.</summary>
[MemoryDiagnoser]
public class MessagePackBenchmarks
{
    private readonly byte[] _bytes = new byte[256];
    private readonly byte[] _id = new byte[32];
    private readonly ArrayBufferWriter<byte> _text = new(512);
    private int _length;
    private byte[] _json = [];

    [GlobalSetup]
    public void Setup()
    {
        _length = Write();
        WriteJson();
        _json = _text.WrittenSpan.ToArray();
    }

    [Benchmark(Baseline = true)]
    public int WriteJson()
    {
        _text.ResetWrittenCount();
        using Utf8JsonWriter writer = new(_text);
        writer.WriteStartArray();
        writer.WriteNumberValue(1);
        writer.WriteNumberValue(1799913600000);
        writer.WriteBooleanValue(true);
        writer.WriteNullValue();
        writer.WriteStringValue("greeting"u8);
        writer.WriteBase64StringValue(_id);
        writer.WriteEndArray();
        writer.Flush();
        return _text.WrittenCount;
    }

    [Benchmark]
    public int ReadJson()
    {
        Utf8JsonReader reader = new(_json);
        int tokens = 0;
        while (reader.Read())
        {
            tokens += reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out _) ? 2 : 1;
        }

        return tokens;
    }

    [Benchmark]
    public int Write()
    {
        MessagePackWriter writer = new(_bytes);
        writer.WriteArrayHeader(6);
        writer.WriteInt64(1);
        writer.WriteInt64(1799913600000);
        writer.WriteBoolean(true);
        writer.WriteNil();
        writer.WriteString("greeting"u8);
        writer.WriteBinary(_id);
        return writer.Position;
    }

    [Benchmark]
    public bool Read()
    {
        MessagePackReader reader = new(_bytes.AsSpan(0, _length));
        return reader.TryReadArrayHeader(out _)
            && reader.TryReadInt64(out _)
            && reader.TryReadInt64(out _)
            && reader.TryReadBoolean(out _)
            && reader.TryReadNil()
            && reader.TryReadString(out _)
            && reader.TryReadBinary(out _);
    }

    [Benchmark]
    public bool Skip()
    {
        MessagePackReader reader = new(_bytes.AsSpan(0, _length));
        return reader.TrySkip();
    }
}
