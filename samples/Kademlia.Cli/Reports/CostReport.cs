namespace Kademlia.Cli.Reports;

/// <summary>What an operation cost.</summary>
internal sealed record CostReport(int Hops, int Sent, int Received, int Failed, double Milliseconds)
{
    public static CostReport Of(LookupStatistics statistics) => new(
        statistics.Hops, statistics.Sent, statistics.Received, statistics.Failed, statistics.Elapsed.TotalMilliseconds);
}
