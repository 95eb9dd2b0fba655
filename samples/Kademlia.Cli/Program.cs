using System.CommandLine;
using System.CommandLine.Invocation;
using Kademlia.Cli;

string[] line = args is ["help", ..] ? [.. args[1..], "--help"] : args;

// A value may begin with "@": no response files.
ParseResult parsed = new KadCommandLine().Parse(line, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is ParseErrorAction)
{
    Command command = parsed.CommandResult.Command;
    string help = command is RootCommand ? "kad --help" : $"kad {command.Name} --help";
    Output.Remark($"kad: {parsed.Errors[0].Message} See `{help}`.");
    return ExitCode.WrongUsage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
