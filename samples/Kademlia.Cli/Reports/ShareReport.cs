namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad share --json</c> prints.</summary>
internal sealed record ShareReport(string Key, long Length, string Id);
