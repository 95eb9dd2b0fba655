using Kademlia.Cli.Reports;
using Spectre.Console;

namespace Kademlia.Cli.Demo;

/// <summary>The report of a demo for people.</summary>
internal static class DemoTable
{
    public static void Write(DemoReport report)
    {
        Table table = new();
        table.AddColumn("");
        foreach (string heading in (string[])["records", "hops", "datagrams", "p50", "p99", "elapsed"])
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        AddRow(table, "put", $"{report.Acknowledged} of {report.Records} stored", report.Put);
        AddRow(table, "get", $"{report.Found} of {report.Records} found", report.Get);
        AnsiConsole.Write(table);
        Output.WriteLine(Summarise(report));
    }

    private static void AddRow(Table table, string title, string outcome, OperationReport operation) => table.AddRow(
        title,
        outcome,
        $"{operation.Hops:0.00}",
        $"{operation.Datagrams:0.0}",
        $"{operation.P50Milliseconds:0.0} ms",
        $"{operation.P99Milliseconds:0.0} ms",
        $"{operation.ElapsedSeconds:0.00} s");

    private static string Summarise(DemoReport report) =>
        $"{report.Stopped} of {report.Nodes} nodes were stopped abruptly between put and get; {report.Lost} records were lost. "
        + $"{report.ElapsedSeconds:0.0} s altogether, seed {report.Seed}. Hops and datagrams sent are means.";
}
