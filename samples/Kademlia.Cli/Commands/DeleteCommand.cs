using System.CommandLine;

namespace Kademlia.Cli.Commands;

/// <summary>Deletes a record that this user's key pair wrote.</summary>
internal sealed class DeleteCommand : KadCommand
{
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "What the record was called when it was put.",
    };

    public DeleteCommand(CommonOptions common)
        : base("delete", "Delete a record that you put under your key pair, and print its key.", common) => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using KademliaNode node = await NodeSession.JoinAsync(Common, parsed, cancellationToken);
        PutReceipt receipt = await node.DeleteAsync(parsed.GetRequiredValue(_name), cancellationToken);
        return ReceiptOutput.Write(receipt, Common.IsJson(parsed));
    }
}
