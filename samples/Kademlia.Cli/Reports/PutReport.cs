namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad put --json</c> and <c>kad delete --json</c> print.</summary>
internal sealed record PutReport(
    string Key,
    int Stored,
    int Wanted,
    long Sequence,
    DateTimeOffset Expiry,
    IReadOnlyList<VerdictReport> Verdicts,
    CostReport Cost)
{
    public static PutReport Of(PutReceipt receipt) => new(
        receipt.Key.ToString(),
        receipt.Stored,
        receipt.Wanted,
        receipt.Record.Sequence,
        receipt.Record.Expiry,
        [.. receipt.Verdicts.Select(VerdictReport.Of)],
        CostReport.Of(receipt.Statistics));
}
