namespace Kademlia.Cli.Reports;

/// <summary>A record: its value in Base64, and as text where it is UTF-8. Content has no writer.</summary>
internal sealed record RecordReport(string? Writer, long Sequence, DateTimeOffset Expiry, ReadOnlyMemory<byte> Value, string? Text)
{
    public static RecordReport Of(Record record) => new(
        record.Kind == RecordKind.Content ? null : record.Writer.ToString(),
        record.Sequence,
        record.Expiry,
        record.Value,
        PlainText.Of(record.Value.Span));
}
