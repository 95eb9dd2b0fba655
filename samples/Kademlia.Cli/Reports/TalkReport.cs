namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad talk --json</c> prints: the reply in Base64, and as text where it is UTF-8.</summary>
internal sealed record TalkReport(string EndPoint, string Protocol, ReadOnlyMemory<byte> Reply, string? Text);
