using System.CommandLine;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Prints what is stored under a key, and every change as it comes.</summary>
internal sealed class WatchCommand : KadCommand
{
    private readonly Argument<RecordKey> _key = ParsedArgument.Of<RecordKey>(
        "KEY", "content:HEX, owner:HEX or open:HEX, as `kad put` printed it; or name:TEXT for the open key of a name.");

    public WatchCommand(CommonOptions common)
        : base("watch", "Print the records under a key and then each change, a line each, until Ctrl+C: what changed, writer, sequence, value.", common) =>
        Add(_key);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using KademliaNode node = await NodeSession.JoinAsync(Common, parsed, cancellationToken);
        try
        {
            await foreach (RecordChange change in node.SubscribeAsync(parsed.GetValue(_key), cancellationToken))
            {
                Write(change, Common.IsJson(parsed));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Output.Remark("leaving");
        }

        return ExitCode.Done;
    }

    private static void Write(RecordChange change, bool json)
    {
        ChangeReport report = ChangeReport.Of(change);
        if (json)
        {
            Output.WriteJson(report, KadJson.Default.ChangeReport);
        }
        else
        {
            RecordReport record = report.Record;
            Output.WriteLine($"{report.Change} {record.Writer ?? "-"} {record.Sequence} {LineOf(record)}");
        }
    }

    /// <summary>The value as text where it is a line of text: a stranger's must not write anything else to a terminal.</summary>
    private static string LineOf(RecordReport record) =>
        record.Text is string text && !text.Any(char.IsControl) ? text : $"({record.Value.Length} bytes)";
}
