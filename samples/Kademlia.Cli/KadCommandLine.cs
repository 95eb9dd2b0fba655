using System.CommandLine;
using System.CommandLine.Help;
using Kademlia.Cli.Commands;

namespace Kademlia.Cli;

/// <summary>The whole command line: every command, and the options that all of them take.</summary>
internal sealed class KadCommandLine : RootCommand
{
    private const string About = """
        Runs a node of a Kademlia network, and reads and writes records through one.

        Try:
          kad demo
          kad node
          kad put greeting hello --bootstrap 127.0.0.1:7411
        """;

    public KadCommandLine()
        : base($"{About}\n\n{ExitCode.Help}")
    {
        CommonOptions common = new();
        foreach (Option option in common.All)
        {
            Add(option);
        }

        Add(new NodeCommand(common));
        Add(new PutCommand(common));
        Add(new GetCommand(common));
        Add(new WatchCommand(common));
        Add(new DeleteCommand(common));
        Add(new ShareCommand(common));
        Add(new FetchCommand(common));
        Add(new FindCommand(common));
        Add(new PingCommand(common));
        Add(new TalkCommand(common));
        Add(new DemoCommand(common));
        SetAction(ShowHelp);
    }

    private static int ShowHelp(ParseResult parsed)
    {
        new HelpAction().Invoke(parsed);
        return ExitCode.WrongUsage;
    }
}
