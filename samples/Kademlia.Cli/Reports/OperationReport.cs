namespace Kademlia.Cli.Reports;

/// <summary>What many operations of one sort cost: means of hops and of datagrams sent, and how long they took.</summary>
internal sealed record OperationReport(
    double Hops, double Datagrams, double P50Milliseconds, double P99Milliseconds, double ElapsedSeconds)
{
    public static OperationReport Of(IEnumerable<LookupStatistics> operations, TimeSpan elapsed)
    {
        LookupStatistics[] byTime = [.. operations.OrderBy(operation => operation.Elapsed)];
        return new OperationReport(
            byTime.Average(operation => operation.Hops),
            byTime.Average(operation => operation.Sent),
            Percentile(byTime, 0.50),
            Percentile(byTime, 0.99),
            elapsed.TotalSeconds);
    }

    /// <summary>The nearest rank: the least time that at least this share of the operations did not exceed.</summary>
    private static double Percentile(LookupStatistics[] byTime, double share) =>
        byTime[(int)Math.Ceiling(share * byTime.Length) - 1].Elapsed.TotalMilliseconds;
}
