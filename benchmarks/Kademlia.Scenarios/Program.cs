using System.CommandLine;
using System.CommandLine.Invocation;
using Kademlia.Scenarios;

ParseResult parsed = new ScenariosCommandLine().Parse(args);
if (parsed.Action is ParseErrorAction)
{
    Console.Error.WriteLine(parsed.Errors[0].Message);
    Console.Error.WriteLine(ScenariosCommandLine.Valid(parsed));
    return ExitCode.WrongUsage;
}

return await parsed.InvokeAsync();
