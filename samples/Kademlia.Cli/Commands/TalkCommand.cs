using System.CommandLine;
using System.Text;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Sends a message to the application behind a node, and prints its reply.</summary>
internal sealed class TalkCommand : KadCommand
{
    private readonly Argument<string> _endPoint = new("ENDPOINT")
    {
        Description = "Where the node answers, as 192.0.2.1:7411, [2001:db8::1]:7411 or node.example.org:7411.",
    };

    private readonly Argument<string> _protocol = new("PROTOCOL")
    {
        Description = "The protocol that its application handles; `kad node` handles echo.",
    };

    private readonly Argument<string> _text = new("TEXT")
    {
        Description = "The message.",
    };

    public TalkCommand(CommonOptions common)
        : base("talk", "Send a message to the application behind a node, and print its reply.", common)
    {
        Add(_endPoint);
        Add(_protocol);
        Add(_text);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        PeerEndPoint endPoint = await EndPointName.ResolveAsync(parsed.GetRequiredValue(_endPoint), cancellationToken);
        string protocol = parsed.GetRequiredValue(_protocol);
        byte[] text = Encoding.UTF8.GetBytes(parsed.GetRequiredValue(_text));
        await using KademliaNode node = await NodeSession.StartAsync(Common, parsed, cancellationToken);
        ReadOnlyMemory<byte> reply = await TalkAsync(node, endPoint, protocol, text, cancellationToken);
        if (Common.IsJson(parsed))
        {
            TalkReport report = new(endPoint.ToString(), protocol, reply, PlainText.Of(reply.Span));
            Output.WriteJson(report, KadJson.Default.TalkReport);
        }
        else
        {
            Output.WriteLine(Encoding.UTF8.GetString(reply.Span));
        }

        return ExitCode.Done;
    }

    private static async Task<ReadOnlyMemory<byte>> TalkAsync(
        KademliaNode node, PeerEndPoint endPoint, string protocol, byte[] text, CancellationToken cancellationToken)
    {
        try
        {
            return await node.TalkAsync(endPoint, protocol, text, cancellationToken);
        }
        catch (KademliaException e)
        {
            throw new CliException(ExitCode.NoAnswer, e.Message);
        }
    }
}
