namespace Kademlia.Loopback;

/// <summary>One contender's figures over all rounds: medians, and the sum of what was lost.</summary>
/// <remarks>
/// What the figures are is written at <see cref="Round"/>. Ratios are taken round by round against the first contender, and more
/// is better in both. That of requests a second says what a user sees, as far as the
/// client was not what set the pace; that of processor time is what one core could serve, whatever the client and the machine do.
/// </remarks>
internal sealed record Summary(
    string Name,
    double PerSecond,
    double PerSecondRatio,
    double Cpu,
    double CpuRatio,
    double ClientCpu,
    double P50,
    double P99,
    double Allocated,
    long Lost)
{
    public static Summary Of(string name, IReadOnlyList<Round> rounds, IReadOnlyList<Round> first) => new(
        name,
        Median(rounds.Select(round => round.PerSecond)),
        Median(rounds.Zip(first, (mine, theirs) => mine.PerSecond / theirs.PerSecond)),
        Median(rounds.Select(round => round.Cpu)),
        Median(rounds.Zip(first, (mine, theirs) => theirs.Cpu / mine.Cpu)),
        Median(rounds.Select(round => round.ClientCpu)),
        Median(rounds.Select(round => round.P50)),
        Median(rounds.Select(round => round.P99)),
        Median(rounds.Select(round => round.Allocated)),
        rounds.Sum(round => round.Lost));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
