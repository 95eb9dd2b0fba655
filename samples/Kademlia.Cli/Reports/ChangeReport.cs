namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad watch --json</c> prints in each line.</summary>
internal sealed record ChangeReport(string Change, RecordReport Record)
{
    public static ChangeReport Of(RecordChange change) => new(NameOf(change.Kind), RecordReport.Of(change.Record));

    private static string NameOf(RecordChangeKind kind) => kind switch
    {
        RecordChangeKind.Current => "current",
        RecordChangeKind.Added => "added",
        RecordChangeKind.Updated => "updated",
        RecordChangeKind.Deleted => "deleted",
        _ => "expired",
    };
}
