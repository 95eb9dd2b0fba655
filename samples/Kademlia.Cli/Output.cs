using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kademlia.Cli;

/// <summary>Results go to standard output, remarks and errors to standard error.</summary>
internal static class Output
{
    public static void WriteLine(string line) => Console.Out.WriteLine(line);

    public static void Remark(string sentence) => Console.Error.WriteLine(sentence);

    public static void WriteJson<T>(T report, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonSerializer.Serialize(report, type));

    /// <summary>Writes bytes as they are. Where a person watches, a line end follows, so that the prompt begins a line.</summary>
    public static void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        using Stream output = Console.OpenStandardOutput();
        output.Write(bytes);
        if (!Console.IsOutputRedirected)
        {
            output.WriteByte((byte)'\n');
        }
    }
}
