namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad node --json</c> prints once it answers.</summary>
internal sealed record NodeReport(string Id, IReadOnlyList<string> Listening, bool Joined);
