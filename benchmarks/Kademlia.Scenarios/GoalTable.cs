using System.Globalization;
using Spectre.Console;

namespace Kademlia.Scenarios;

/// <summary>Goals and what was measured, for people.</summary>
internal static class GoalTable
{
    public static void Write(Scenario scenario, Trial trial)
    {
        Table table = new();
        table.Title = new TableTitle(Markup.Escape($"{scenario.Name}: {trial.Nodes:N0} nodes, k = {trial.BucketSize}, seed {trial.Seed}"));
        table.AddColumn("what");
        table.AddColumn(new TableColumn("measured").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("goal").RightAligned().NoWrap());
        table.AddColumn("");
        foreach (Goal goal in trial.Goals)
        {
            table.AddRow(
                Markup.Escape(goal.Id),
                Text(goal.Measured, goal.Unit),
                goal.Target is double target ? $"{goal.Bound} {Text(target, goal.Unit)}" : "",
                goal.Target is null ? "" : goal.Met ? "met" : "[red]missed[/]");
        }

        AnsiConsole.Write(table);
        foreach (string remark in trial.Remarks)
        {
            Console.WriteLine(remark);
        }
    }

    /// <summary>Parts are shown with the digits that tell one in ten thousand; other figures with three that count.</summary>
    public static string Text(double value, string unit)
    {
        string number = unit.Length == 0 && value is > 0 and <= 1
            ? value.ToString("0.0000#", CultureInfo.InvariantCulture)
            : value.ToString(Math.Abs(value) < 100 ? "0.##" : "N0", CultureInfo.InvariantCulture);
        return unit.Length == 0 ? number : $"{number} {unit}";
    }
}
