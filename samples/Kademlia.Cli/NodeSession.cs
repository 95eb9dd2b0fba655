using System.CommandLine;

namespace Kademlia.Cli;

/// <summary>Starts the short-lived node of a command.</summary>
internal static class NodeSession
{
    /// <summary>Start has waited already; a little more lets one lost datagram be sent again.</summary>
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(2);

    /// <summary>A node that talks to endpoints which the user names; it need not be part of a network.</summary>
    public static Task<KademliaNode> StartAsync(CommonOptions common, ParseResult parsed, CancellationToken cancellationToken) =>
        KademliaNode.StartAsync(common.ForClient(parsed), cancellationToken);

    /// <summary>A node that has found others.</summary>
    /// <exception cref="CliException">There is no <c>--bootstrap</c>, or nobody answered there.</exception>
    public static Task<KademliaNode> JoinAsync(CommonOptions common, ParseResult parsed, CancellationToken cancellationToken) =>
        JoinAsync(common, parsed, common.ForClient(parsed), cancellationToken);

    /// <summary>A node with options of its own that has found others.</summary>
    /// <inheritdoc cref="JoinAsync(CommonOptions, ParseResult, CancellationToken)"/>
    public static async Task<KademliaNode> JoinAsync(
        CommonOptions common, ParseResult parsed, KademliaOptions options, CancellationToken cancellationToken)
    {
        string[] bootstrap = common.BootstrapOf(parsed);
        if (bootstrap.Length == 0)
        {
            throw new CliException(
                ExitCode.WrongUsage, "Give --bootstrap HOST:PORT, where a node of the network answers; `kad node` starts one.");
        }

        KademliaNode node = await KademliaNode.StartAsync(options, cancellationToken);
        try
        {
            await node.Joined.WaitAsync(JoinPatience, cancellationToken);
            return node;
        }
        catch (TimeoutException)
        {
            await node.DisposeAsync();
            throw new CliException(
                ExitCode.NoAnswer,
                $"No node answered at {string.Join(" or ", bootstrap)}: check that one runs there, "
                + "with the same --network and --network-key-file.");
        }
        catch (OperationCanceledException)
        {
            await node.DisposeAsync();
            throw;
        }
    }
}
