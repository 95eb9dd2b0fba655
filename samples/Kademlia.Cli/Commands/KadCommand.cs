using System.CommandLine;

namespace Kademlia.Cli.Commands;

/// <summary>A command that ends with an exit code, whatever happens, and says on standard error what to do about it.</summary>
internal abstract class KadCommand : Command
{
    protected KadCommand(string name, string description, CommonOptions common)
        : base(name, description)
    {
        Common = common;
        SetAction(RunGuardedAsync);
    }

    protected CommonOptions Common { get; }

    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken);

    private async Task<int> RunGuardedAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(parsed, cancellationToken);
        }
        catch (CliException e)
        {
            return Fail(e.ExitCode, e.Message);
        }
        catch (KademliaException e)
        {
            return Fail(ExitCode.Failed, e.Message);
        }
        catch (ArgumentException e)
        {
            return Fail(ExitCode.WrongUsage, e.Message.Replace($" (Parameter '{e.ParamName}')", "", StringComparison.Ordinal));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static int Fail(int exitCode, string sentence)
    {
        Output.Remark($"kad: {sentence}");
        return exitCode;
    }
}
