using System.CommandLine;
using System.Net;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Provides a file from where it lies, until it is told to end.</summary>
internal sealed class ShareCommand : KadCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = "The file. It is read once, and must not change while it is shared." };

    private readonly Option<int> _port = ParsedArgument.Number(
        "--port", "PORT", "The port, for UDP and TCP; 0 for any that is free.", defaultValue: 0, least: 0, most: IPEndPoint.MaxPort);

    private readonly Option<IPAddress[]> _bind = ParsedArgument.ListOf<IPAddress>(
        "--bind", "ADDRESS", "An address to listen on, one for each family; all addresses when left out. Without --bootstrap this node is then the first of its network.");

    public ShareCommand(CommonOptions common)
        : base("share", "Provide a file of any size to others, and print the key under which they fetch it.", common)
    {
        _path.Validators.Add(InputFile.MustExist);
        Add(_path);
        Add(_port);
        Add(_bind);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_path);
        await using KademliaNode node = await StartAsync(parsed, cancellationToken);
        await using SharedContent shared = await PublishAsync(node, path, cancellationToken);
        if (Common.IsJson(parsed))
        {
            Output.WriteJson(new ShareReport(shared.Key.ToString(), shared.Length, node.Id.ToString()), KadJson.Default.ShareReport);
        }
        else
        {
            Output.WriteLine(shared.Key.ToString());
        }

        Output.Remark($"sharing {shared.Length:N0} bytes of {path} as node {node.Id}, until Ctrl+C");
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Output.Remark("leaving");
        return ExitCode.Done;
    }

    /// <summary>With <c>--bind</c> it may also be the first of a network, which others enter by it.</summary>
    private Task<KademliaNode> StartAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        IPAddress[] bind = parsed.GetValue(_bind) ?? [];
        KademliaOptions options = Common.ForProvider(parsed, parsed.GetValue(_port), bind);
        return bind.Length > 0 && Common.BootstrapOf(parsed).Length == 0
            ? KademliaNode.StartAsync(options, cancellationToken)
            : NodeSession.JoinAsync(Common, parsed, options, cancellationToken);
    }

    private static async Task<SharedContent> PublishAsync(KademliaNode node, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await TransferBar.RunAsync("hashing", progress => node.PublishContentAsync(path, progress, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.WrongUsage, $"The file {path} cannot be read: {e.Message}");
        }
    }
}
