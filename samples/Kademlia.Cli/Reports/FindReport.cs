namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad find --json</c> prints: the nodes closest to the target, the closest first.</summary>
internal sealed record FindReport(string Target, IReadOnlyList<ContactReport> Contacts);
