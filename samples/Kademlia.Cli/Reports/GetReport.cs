namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad get --json</c> prints: every writer's record, the newest first.</summary>
internal sealed record GetReport(
    string Key, bool Found, bool Deleted, bool Complete, IReadOnlyList<RecordReport> Records, CostReport Cost)
{
    public static GetReport Of(GetResult result) => new(
        result.Key.ToString(),
        result.Found,
        result.IsDeleted,
        result.IsComplete,
        [.. result.Records.Select(RecordReport.Of)],
        CostReport.Of(result.Statistics));
}
