using System.CommandLine;
using System.CommandLine.Parsing;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Prints the nodes closest to an id or a key.</summary>
internal sealed class FindCommand : KadCommand
{
    private readonly Argument<NodeId> _target = new("ID|KEY")
    {
        Description = "A node's id, 64 hexadecimal digits; or a key in any form that `kad get` takes.",
        CustomParser = ParseTarget,
    };

    public FindCommand(CommonOptions common)
        : base("find", "Print the nodes closest to an id or a key, the closest first.", common) => Add(_target);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        NodeId target = parsed.GetValue(_target);
        await using KademliaNode node = await NodeSession.JoinAsync(Common, parsed, cancellationToken);
        IReadOnlyList<Contact> contacts = await node.FindClosestAsync(target, cancellationToken);
        Write(target, contacts, Common.IsJson(parsed));
        return contacts.Count > 0
            ? ExitCode.Done
            : throw new CliException(ExitCode.NoAnswer, "No node answered; try again, or through another --bootstrap.");
    }

    private static void Write(NodeId target, IReadOnlyList<Contact> contacts, bool json)
    {
        if (json)
        {
            Output.WriteJson(
                new FindReport(target.ToString(), [.. contacts.Select(ContactReport.Of)]), KadJson.Default.FindReport);
            return;
        }

        foreach (Contact contact in contacts)
        {
            Output.WriteLine(contact.ToString());
        }
    }

    private static NodeId ParseTarget(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (NodeId.TryParse(text, out NodeId id))
        {
            return id;
        }

        if (!RecordKey.TryParse(text, out RecordKey key))
        {
            result.AddError($"Give 64 hexadecimal digits, or a key as content:HEX, owner:HEX, open:HEX or name:TEXT; this is \"{text}\".");
        }

        return key.Hash;
    }
}
