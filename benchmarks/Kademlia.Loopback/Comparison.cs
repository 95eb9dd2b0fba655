using System.Globalization;

namespace Kademlia.Loopback;

/// <summary>Measures contenders in turn (A B A B), so that whatever else the machine does falls on all, and prints medians.</summary>
/// <remarks>
/// Ratios are taken round by round against the first contender. That of requests a second says what a user sees, as far as the
/// client was not what set the pace; that of processor time is what one core could serve, whatever the client and the machine do.
/// </remarks>
internal static class Comparison
{
    /// <summary>Measures all contenders and prints a row for each.</summary>
    public static void Run(IReadOnlyList<IContender> contenders, LoadSettings settings, TextWriter output)
    {
        List<Round>[] rounds = [.. contenders.Select(_ => new List<Round>())];
        for (int round = 0; round < settings.Rounds; round++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                rounds[i].Add(Round.Measure(contenders[i], settings));
            }
        }

        WriteRow(output, "", "requests/s", "ratio", "CPU/request", "ratio", "client CPU", "ping p50", "ping p99", "B/request", "lost");
        for (int i = 0; i < contenders.Count; i++)
        {
            Write(output, contenders[i].Name, rounds[i], rounds[0]);
        }
    }

    private static void Write(TextWriter output, string name, List<Round> rounds, List<Round> first) => WriteRow(
        output,
        name,
        Text("{0:N0}", Median(rounds.Select(round => round.PerSecond))),
        Text("{0:0.000}", Median(rounds.Zip(first, (mine, theirs) => mine.PerSecond / theirs.PerSecond))),
        Text("{0:0.00} µs", Median(rounds.Select(round => round.Cpu))),
        Text("{0:0.000}", Median(rounds.Zip(first, (mine, theirs) => theirs.Cpu / mine.Cpu))),
        Text("{0:0.00} µs", Median(rounds.Select(round => round.ClientCpu))),
        Text("{0:0.0} µs", Median(rounds.Select(round => round.P50))),
        Text("{0:0.0} µs", Median(rounds.Select(round => round.P99))),
        Text("{0:0.00}", Median(rounds.Select(round => round.Allocated))),
        Text("{0:N0}", rounds.Sum(round => round.Lost)));

    private static void WriteRow(TextWriter output, string name, params ReadOnlySpan<string> cells)
    {
        output.Write(name.PadRight(8));
        foreach (string cell in cells)
        {
            output.Write(cell.PadLeft(13));
        }

        output.WriteLine();
    }

    private static string Text(string format, double value) =>
        double.IsNaN(value) ? "-" : string.Format(CultureInfo.InvariantCulture, format, value);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
