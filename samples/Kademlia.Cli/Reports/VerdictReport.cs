namespace Kademlia.Cli.Reports;

/// <summary>What one node said of a put.</summary>
internal sealed record VerdictReport(string Id, string EndPoint, StoreOutcome Outcome, long Sequence)
{
    public static VerdictReport Of(StoreVerdict verdict) => new(
        verdict.Contact.Id.ToString(), verdict.Contact.EndPoint.ToString(), verdict.Outcome, verdict.Sequence);
}
