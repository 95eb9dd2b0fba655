using System.CommandLine;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Prints the value under a key.</summary>
internal sealed class GetCommand : KadCommand
{
    private readonly Argument<RecordKey> _key = ParsedArgument.Of<RecordKey>(
        "KEY", "content:HEX, owner:HEX or open:HEX, as `kad put` printed it; or name:TEXT for the open key of a name.");

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Write the value to a file.",
        HelpName = "FILE",
    };

    public GetCommand(CommonOptions common)
        : base("get", "Print the value of a record, byte for byte; of an open key, the newest writer's.", common)
    {
        Add(_key);
        Add(_out);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using KademliaNode node = await NodeSession.JoinAsync(Common, parsed, cancellationToken);
        GetResult result = await node.GetAsync(parsed.GetValue(_key), cancellationToken: cancellationToken);
        if (result.Found && parsed.GetValue(_out) is string path)
        {
            Save(path, result.Value.Span);
        }

        if (Common.IsJson(parsed))
        {
            Output.WriteJson(GetReport.Of(result), KadJson.Default.GetReport);
        }
        else if (result.Found && parsed.GetValue(_out) is null)
        {
            Output.WriteBytes(result.Value.Span);
        }

        return Remark(result);
    }

    private static int Remark(GetResult result)
    {
        if (!result.Found)
        {
            throw new CliException(ExitCode.NotFound, WhyNot(result));
        }

        if (result.Records.Count > 1)
        {
            Output.Remark($"{result.Records.Count} writers have a record here; this is the newest, and --json shows all.");
        }

        return ExitCode.Done;
    }

    private static string WhyNot(GetResult result) =>
        result.IsDeleted ? $"{result.Key} was deleted by its owner."
        : result.IsComplete ? $"Nothing is stored under {result.Key}."
        : $"Nothing was found under {result.Key}, but not all nodes near it answered; try again.";

    private static void Save(string path, ReadOnlySpan<byte> value)
    {
        try
        {
            File.WriteAllBytes(path, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.WrongUsage, $"The file {path} cannot be written, check the path: {e.Message}");
        }
    }
}
