using System.CommandLine;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Asks one node whether it is there.</summary>
internal sealed class PingCommand : KadCommand
{
    private readonly Argument<string> _endPoint = new("ENDPOINT")
    {
        Description = "Where the node answers, as 192.0.2.1:7411, [2001:db8::1]:7411 or node.example.org:7411.",
    };

    public PingCommand(CommonOptions common)
        : base("ping", "Ask a node whether it is there, and print its id and the round trip.", common) => Add(_endPoint);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        PeerEndPoint endPoint = await EndPointName.ResolveAsync(parsed.GetRequiredValue(_endPoint), cancellationToken);
        await using KademliaNode node = await NodeSession.StartAsync(Common, parsed, cancellationToken);
        PingResult? result = await node.PingAsync(endPoint, cancellationToken);
        if (Common.IsJson(parsed))
        {
            Output.WriteJson(PingReport.Of(endPoint, result), KadJson.Default.PingReport);
        }
        else if (result is PingResult pong)
        {
            Output.WriteLine($"{pong.Contact} in {pong.RoundTrip.TotalMilliseconds:0.00} ms, sees us at {pong.Observed}");
        }

        return result is not null
            ? ExitCode.Done
            : throw new CliException(
                ExitCode.NoAnswer,
                $"No node answered at {endPoint}: check that one runs there, with the same --network and --network-key-file.");
    }
}
