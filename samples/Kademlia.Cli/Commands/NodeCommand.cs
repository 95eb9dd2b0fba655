using System.CommandLine;
using System.Net;
using Kademlia.Cli.Reports;
using Kademlia.Sqlite;

namespace Kademlia.Cli.Commands;

/// <summary>Runs a node until it is told to stop.</summary>
internal sealed class NodeCommand : KadCommand
{
    private const int DefaultPort = 7411;
    private const string EchoProtocol = "echo";

    private readonly Option<int> _port = ParsedArgument.Number(
        "--port",
        "PORT",
        "The UDP port; 0 for any free one, and then with a fresh key pair unless --identity names one.",
        DefaultPort,
        least: 0,
        most: ushort.MaxValue);

    private readonly Option<IPAddress[]> _bind = ParsedArgument.ListOf<IPAddress>(
        "--bind", "ADDRESS", "An address to listen on, one for each family; all addresses when left out.");

    private readonly Option<string?> _state = new("--state")
    {
        Description = "A file that keeps nothing but the routing table between runs.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "The folder that keeps the node between runs, made when missing: its key pair (identity.pem; --identity may name "
            + "another), and its records and routing table (records.db).",
        HelpName = "DIR",
    };

    public NodeCommand(CommonOptions common)
        : base("node", "Run a node until Ctrl+C or SIGTERM, then leave gracefully. It answers `kad talk ENDPOINT echo TEXT`.", common)
    {
        Add(_port);
        Add(_bind);
        Add(_state);
        Add(_data);
        _data.Validators.Add(common.RefuseEphemeral);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        DataFolder? data = parsed.GetValue(_data) is string folder ? new DataFolder(folder) : null;
        using SqliteRecordStore? store = data?.OpenStore(); // The node closes it too, once it has begun to start.
        await using KademliaNode node = await KademliaNode.StartAsync(OptionsOf(parsed, data, store), cancellationToken);
        node.HandleTalk(EchoProtocol, (message, _) => ValueTask.FromResult(message.Payload));
        Announce(node, parsed);

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Output.Remark("leaving");
        return ExitCode.Done;
    }

    private KademliaOptions OptionsOf(ParseResult parsed, DataFolder? data, SqliteRecordStore? store) =>
        Common.ForServer(parsed, parsed.GetValue(_port), parsed.GetValue(_bind) ?? [], parsed.GetValue(_state), data, store);

    private void Announce(KademliaNode node, ParseResult parsed)
    {
        string[] bootstrap = Common.BootstrapOf(parsed);
        if (Common.IsJson(parsed))
        {
            NodeReport report = new(
                node.Id.ToString(), [.. node.LocalEndPoints.Select(e => e.ToString())], node.Joined.IsCompletedSuccessfully);
            Output.WriteJson(report, KadJson.Default.NodeReport);
        }
        else
        {
            foreach (PeerEndPoint endPoint in node.LocalEndPoints)
            {
                Output.WriteLine($"listening on {new Contact(node.Id, endPoint)}");
            }
        }

        if (bootstrap.Length > 0)
        {
            Output.Remark(node.Joined.IsCompletedSuccessfully
                ? "joined"
                : $"No node answered at {string.Join(" or ", bootstrap)} yet; this node goes on asking.");
        }
    }
}
