namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad ping --json</c> prints. <paramref name="Observed"/> is where the other node sees us.</summary>
internal sealed record PingReport(string EndPoint, bool Answered, string? Id, double? Milliseconds, string? Observed)
{
    public static PingReport Of(PeerEndPoint endPoint, PingResult? result) => new(
        endPoint.ToString(),
        result is not null,
        result?.Contact.Id.ToString(),
        result?.RoundTrip.TotalMilliseconds,
        result?.Observed.ToString());
}
