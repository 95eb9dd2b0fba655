using System.CommandLine;
using Kademlia.Cli.Demo;
using Kademlia.Cli.Reports;
using Spectre.Console;

namespace Kademlia.Cli.Commands;

/// <summary>Shows what the library does, with a network in one process.</summary>
internal sealed class DemoCommand : KadCommand
{
    private readonly Option<int> _nodes = ParsedArgument.Number(
        "--nodes", "NUMBER", "How many nodes are started.", defaultValue: 50, least: 2, most: 500);

    private readonly Option<int> _records = ParsedArgument.Number(
        "--records", "NUMBER", "How many records are stored.", defaultValue: 200, least: 1, most: 100_000);

    private readonly Option<int> _seed = ParsedArgument.Number(
        "--seed",
        "NUMBER",
        "Repeats the choice of who writes, who is stopped and who reads; 0 for a new choice.",
        defaultValue: 0,
        least: 0,
        most: int.MaxValue);

    public DemoCommand(CommonOptions common)
        : base("demo", "Start a network on loopback, store records, stop half of the nodes abruptly, and read every record back.", common)
    {
        Add(_nodes);
        Add(_records);
        Add(_seed);
        Validators.Add(common.RefuseJoining);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int seed = parsed.GetValue(_seed) is int given and > 0 ? given : Random.Shared.Next(1, int.MaxValue);
        DemoPlan plan = new(parsed.GetValue(_nodes), parsed.GetValue(_records), seed);
        DemoReport report = await RunAsync(plan, parsed, cancellationToken);
        if (Common.IsJson(parsed))
        {
            Output.WriteJson(report, KadJson.Default.DemoReport);
        }
        else
        {
            DemoTable.Write(report);
        }

        return report.Lost == 0
            ? ExitCode.Done
            : throw new CliException(
                ExitCode.Failed, $"{report.Lost} acknowledged records were lost; --seed {plan.Seed} repeats the choices.");
    }

    private async Task<DemoReport> RunAsync(DemoPlan plan, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using DemoNetwork network = new(plan.NodeCount, Common.NetworkOf(parsed), Common.NetworkKeyOf(parsed));
        if (Console.IsErrorRedirected)
        {
            return await new DemoRun(plan, network, new PlainStages(Console.Error)).RunAsync(cancellationToken);
        }

        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await terminal.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn())
            .StartAsync(context => new DemoRun(plan, network, new LiveStages(context)).RunAsync(cancellationToken));
    }
}
