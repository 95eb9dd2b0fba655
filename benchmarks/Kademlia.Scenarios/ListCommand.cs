using System.CommandLine;
using Spectre.Console;

namespace Kademlia.Scenarios;

/// <summary>Names the scenarios.</summary>
internal sealed class ListCommand : Command
{
    public ListCommand()
        : base("list", "Name the scenarios, what each does, and how many nodes it has unless told otherwise.") => SetAction(_ => List());

    private static int List()
    {
        Table table = new();
        table.AddColumn("name");
        table.AddColumn("what");
        table.AddColumn(new TableColumn("nodes").RightAligned());
        foreach (Scenario scenario in Catalog.All)
        {
            table.AddRow(Markup.Escape(scenario.Name), Markup.Escape(scenario.Description), $"{scenario.DefaultNodes:N0}");
        }

        AnsiConsole.Write(table);
        return ExitCode.Done;
    }
}
