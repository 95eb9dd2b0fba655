using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Kademlia.Scenarios.Pictures;

namespace Kademlia.Scenarios;

/// <summary>Runs one scenario and says which goals it met.</summary>
internal sealed class RunCommand : Command
{
    private const int LeastNodes = 30;
    private const int MostNodes = 1_000_000;
    private const int DefaultBucketSize = 20;
    private const int MostHours = 24 * 365;

    private readonly Argument<Scenario> _scenario = new("name")
    {
        Description = "Which scenario: one of those that `list` names.",
        CustomParser = Find,
    };

    private readonly Option<int?> _nodes = Number("--nodes", "N", $"How many nodes, {LeastNodes} at least; the scenario's own number when left out.", null, LeastNodes, MostNodes);
    private readonly Option<int?> _seed = Number("--seed", "S", "Everything that is left to chance follows from it.", 1, 0, int.MaxValue);
    private readonly Option<int?> _bucketSize = Number("--k", "K", "How many nodes hold a record, and how many contacts a bucket has.", DefaultBucketSize, 1, 128);
    private readonly Option<int?> _hours = Number("--hours", "H", "How many virtual hours it goes on for; the scenario's own number when left out.", null, 1, MostHours);
    private readonly Option<FileInfo?> _json = new("--json") { HelpName = "FILE", Description = "Write the goals and what was measured." };
    private readonly Option<FileInfo?> _svg = new("--svg") { HelpName = "FILE", Description = "Draw what the scenario has a picture of." };

    public RunCommand()
        : base("run", "Run a scenario and hold it against its goals.")
    {
        Add(_scenario);
        Add(_nodes);
        Add(_seed);
        Add(_bucketSize);
        Add(_hours);
        Add(_json);
        Add(_svg);
        Validators.Add(RefusePictureOfNothing);
        Validators.Add(RefuseHoursOfNothing);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        Scenario scenario = parsed.GetRequiredValue(_scenario);
        int nodes = parsed.GetValue(_nodes) ?? scenario.DefaultNodes;
        int hours = parsed.GetValue(_hours) ?? scenario.DefaultHours;
        Trial trial = new(nodes, parsed.GetRequiredValue(_seed)!.Value, parsed.GetRequiredValue(_bucketSize)!.Value, hours, new Progress());
        try
        {
            scenario.Run(trial);
        }
        catch (FaultMissingException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Missed;
        }

        trial.Progress.End();
        Write(parsed, scenario, trial);
        return trial.Goals.All(g => g.Met) ? ExitCode.Done : ExitCode.Missed;
    }

    private void Write(ParseResult parsed, Scenario scenario, Trial trial)
    {
        GoalTable.Write(scenario, trial);
        if (parsed.GetValue(_json) is FileInfo json)
        {
            ScenarioReport report = new(scenario.Name, trial.Seed, trial.Nodes, ScenarioReport.CommitOfThisProgram, trial.Goals);
            File.WriteAllText(json.FullName, JsonSerializer.Serialize(report, ScenarioJson.Default.ScenarioReport) + "\n");
        }

        if (parsed.GetValue(_svg) is FileInfo svg && trial.Picture is Chart picture)
        {
            File.WriteAllText(svg.FullName, SvgChart.Draw(picture));
        }
    }

    private void RefusePictureOfNothing(CommandResult command)
    {
        if (command.GetResult(_svg) is not null && command.GetValue(_scenario) is Scenario { HasPicture: false } scenario)
        {
            IEnumerable<string> others = Catalog.All.Where(s => s.HasPicture).Select(s => s.Name);
            command.AddError($"There is no picture of {scenario.Name}; there is one of {string.Join(", ", others)}.");
        }
    }

    private void RefuseHoursOfNothing(CommandResult command)
    {
        if (command.GetResult(_hours) is not null && command.GetValue(_scenario) is Scenario { DefaultHours: 0 } scenario)
        {
            IEnumerable<string> others = Catalog.All.Where(s => s.DefaultHours > 0).Select(s => s.Name);
            command.AddError($"{scenario.Name} has an end of its own; --hours is for {string.Join(", ", others)}.");
        }
    }

    private static Scenario? Find(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        Scenario? scenario = Catalog.All.FirstOrDefault(s => s.Name == name);
        if (scenario is null)
        {
            result.AddError($"There is no scenario \"{name}\".");
        }

        return scenario;
    }

    private static Option<int?> Number(string name, string helpName, string description, int? defaultValue, int least, int most) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = defaultValue is null ? null : _ => defaultValue,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < least || number > most)
            {
                result.AddError($"{name} takes a number from {least} to {most}; this is \"{text}\".");
            }

            return number;
        },
    };
}
