using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Fetches what others share.</summary>
internal sealed class FetchCommand : KadCommand
{
    private readonly Argument<RecordKey> _key = ParsedArgument.Of<RecordKey>("KEY", "content:HEX, as `kad share` printed it.");

    private readonly Option<string> _out = new("--out")
    {
        Description = "The file to write, which must not be there yet. Until all is there it lies beside it as FILE.part, and the next `kad fetch` goes on with that.",
        HelpName = "FILE",
        Required = true,
    };

    public FetchCommand(CommonOptions common)
        : base("fetch", "Fetch a file of any size from all who share it, and verify every part.", common)
    {
        _out.Validators.Add(MustBeNew);
        Add(_key);
        Add(_out);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_out);
        await using KademliaNode node = await NodeSession.JoinAsync(Common, parsed, cancellationToken);
        long began = Stopwatch.GetTimestamp();
        FetchedContent fetched = await FetchAsync(node, parsed.GetValue(_key), path, cancellationToken);
        FetchReport report = FetchReport.Of(fetched, Stopwatch.GetElapsedTime(began));
        if (Common.IsJson(parsed))
        {
            Output.WriteJson(report, KadJson.Default.FetchReport);
        }

        Output.Remark($"{report.Length:N0} bytes in {report.Seconds:0.0} s, {report.Length / 1e6 / report.Seconds:0.0} MB/s");
        foreach (ContentProvider provider in fetched.Providers)
        {
            Output.Remark($"  {provider}");
        }

        return ExitCode.Done;
    }

    private static void MustBeNew(OptionResult path)
    {
        if (path.Tokens is [Token { Value: string name }] && File.Exists(name))
        {
            path.AddError($"There is a file {name} already: choose another name, or move it away.");
        }
    }

    private static async Task<FetchedContent> FetchAsync(KademliaNode node, RecordKey key, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await TransferBar.RunAsync("fetching", progress => node.FetchContentAsync(key, path, progress, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.WrongUsage, e.Message);
        }
    }
}
