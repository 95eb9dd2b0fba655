using System.Globalization;

namespace Kademlia.Loopback;

/// <summary>Measures contenders in turn (A B A B), so that whatever else the machine does falls on all, and prints medians.</summary>
internal static class Comparison
{
    /// <summary>Measures all contenders and prints a row for each.</summary>
    public static Summary[] Run(IReadOnlyList<IContender> contenders, LoadSettings settings, TextWriter output)
    {
        Summary[] summaries = Measure(contenders, settings);
        WriteRow(output, "", "requests/s", "ratio", "CPU/request", "ratio", "client CPU", "ping p50", "ping p99", "B/request", "lost");
        Array.ForEach(summaries, summary => Write(output, summary));
        return summaries;
    }

    private static Summary[] Measure(IReadOnlyList<IContender> contenders, LoadSettings settings)
    {
        LoadClient[] clients = [.. contenders.Select(contender => new LoadClient(contender))];
        Array.ForEach(clients, client => Round.Measure(client, settings)); // Not counted: its code is compiled meanwhile.
        Round[][] rounds = [.. clients.Select(_ => new Round[settings.Rounds])];
        for (int round = 0; round < settings.Rounds; round++)
        {
            for (int i = 0; i < clients.Length; i++)
            {
                rounds[i][round] = Round.Measure(clients[i], settings);
            }
        }

        Array.ForEach(clients, client => client.Dispose());
        return [.. contenders.Select((contender, i) => Summary.Of(contender.Name, rounds[i], rounds[0]))];
    }

    private static void Write(TextWriter output, Summary summary) => WriteRow(
        output,
        summary.Name,
        Text("{0:N0}", summary.PerSecond),
        Text("{0:0.000}", summary.PerSecondRatio),
        Text("{0:0.00} µs", summary.Cpu),
        Text("{0:0.000}", summary.CpuRatio),
        Text("{0:0.00} µs", summary.ClientCpu),
        Text("{0:0.0} µs", summary.P50),
        Text("{0:0.0} µs", summary.P99),
        Text("{0:0.00}", summary.Allocated),
        Text("{0:N0}", summary.Lost));

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
}
