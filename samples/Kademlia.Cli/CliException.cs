namespace Kademlia.Cli;

/// <summary>Ends a command with an exit code and one sentence on standard error that says what to do.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
