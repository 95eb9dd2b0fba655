using System.Text;
using System.Text.Unicode;

namespace Kademlia.Cli.Reports;

/// <summary>Bytes as text, for those that are text.</summary>
internal static class PlainText
{
    /// <summary>The text, or null when the bytes are not UTF-8.</summary>
    public static string? Of(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
