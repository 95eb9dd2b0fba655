namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad fetch --json</c> prints: who gave how much, and who failed or lied.</summary>
internal sealed record FetchReport(string Key, long Length, double Seconds, IReadOnlyList<FetchReport.Provider> Providers)
{
    public static FetchReport Of(FetchedContent content, TimeSpan time) => new(
        content.Key.ToString(),
        content.Length,
        time.TotalSeconds,
        [.. content.Providers.Select(p => new Provider(p.Id.ToString(), p.EndPoint.ToString(), p.Bytes, p.Fault, p.IsLiar))]);

    /// <summary>One who provides it.</summary>
    internal sealed record Provider(string Id, string EndPoint, long Bytes, string? Fault, bool Liar);
}
