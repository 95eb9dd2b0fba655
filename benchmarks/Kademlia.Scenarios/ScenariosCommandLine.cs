using System.CommandLine;
using System.CommandLine.Help;

namespace Kademlia.Scenarios;

/// <summary>The whole command line.</summary>
internal sealed class ScenariosCommandLine : RootCommand
{
    private const string About = """
        Runs networks of nodes on virtual time and measures them against goals.

        Try:
          list
          run recall --nodes 1000
        """;

    public ScenariosCommandLine()
        : base($"{About}\n\n{ExitCode.Help}")
    {
        Add(new ListCommand());
        Add(new RunCommand());
        SetAction(ShowHelp);
    }

    /// <summary>What could have been written where something could not be understood.</summary>
    public static string Valid(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        IEnumerable<string> options = command.Options.Select(o => o.Name);
        return command is RootCommand
            ? $"Commands: {string.Join(", ", command.Subcommands.Select(c => c.Name))}. Options: {string.Join(", ", options)}."
            : $"Scenarios: {string.Join(", ", Catalog.All.Select(s => s.Name))}. Options of {command.Name}: {string.Join(", ", options)}.";
    }

    private static int ShowHelp(ParseResult parsed)
    {
        new HelpAction().Invoke(parsed);
        return ExitCode.WrongUsage;
    }
}
