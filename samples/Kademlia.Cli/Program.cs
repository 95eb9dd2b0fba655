using System.CommandLine;
using System.CommandLine.Invocation;
using Kademlia.Cli;

// As git and dotnet have it: `kad help put`.
KadCommandLine kad = new();
bool asksForHelp = args is ["help"] || (args is ["help", string name] && kad.Subcommands.Any(c => c.Name == name));
string[] line = asksForHelp ? [.. args[1..], "--help"] : args;

// A value may begin with "@": no response files.
ParseResult parsed = kad.Parse(line, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is ParseErrorAction)
{
    Command command = parsed.CommandResult.Command;
    string help = command is RootCommand ? "kad --help" : $"kad {command.Name} --help";
    Output.Remark($"kad: {parsed.Errors[0].Message} See `{help}`.");
    return ExitCode.WrongUsage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
