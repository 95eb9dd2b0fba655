using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;

namespace Kademlia.Cli.Commands;

/// <summary>Stores a record and prints its key.</summary>
internal sealed class PutCommand : KadCommand
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "What the record is called. With --content there is none, and the VALUE comes first.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _value = new("VALUE")
    {
        Description = $"The value as text, at most {Record.MaxValueLength} bytes; or give --file.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _file = new("--file")
    {
        Description = "Take the value from a file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _open = new("--open")
    {
        Description = "Write under the open key of NAME, where everybody has a slot; read it with `kad get name:NAME`.",
    };

    private readonly Option<bool> _content = new("--content")
    {
        Description = "Write under the hash of the value, which nobody can change or delete.",
    };

    private readonly Option<int> _lifetime = ParsedArgument.Number(
        "--lifetime", "HOURS", "For how many hours the network keeps the record.", defaultValue: 24, least: 1, most: 48);

    public PutCommand(CommonOptions common)
        : base("put", "Store a record under your key pair, so that only you can change it, and print its key.", common)
    {
        Add(_name);
        Add(_value);
        Add(_file);
        Add(_open);
        Add(_content);
        Add(_lifetime);
        Validators.Add(Validate);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> value = ValueOf(parsed);
        await using KademliaNode node = await NodeSession.JoinAsync(Common, parsed, cancellationToken);
        PutReceipt receipt = await PutAsync(node, parsed, value, cancellationToken);
        return ReceiptOutput.Write(receipt, Common.IsJson(parsed));
    }

    private Task<PutReceipt> PutAsync(
        KademliaNode node, ParseResult parsed, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        PutOptions options = new() { Lifetime = TimeSpan.FromHours(parsed.GetValue(_lifetime)), Republish = false };
        string name = parsed.GetValue(_name) ?? "";
        return parsed.GetValue(_content) ? node.PutContentAsync(value, options, cancellationToken)
            : parsed.GetValue(_open) ? node.PutOpenAsync(name, value, options, cancellationToken)
            : node.PutAsync(name, value, options, cancellationToken);
    }

    private byte[] ValueOf(ParseResult parsed)
    {
        byte[]? value = parsed.GetValue(_file) is string path
            ? InputFile.ReadUpTo(Record.MaxValueLength, path)
            : Encoding.UTF8.GetBytes(parsed.GetValue(parsed.GetValue(_content) ? _name : _value) ?? "");
        return value?.Length <= Record.MaxValueLength
            ? value
            : throw new CliException(
                ExitCode.WrongUsage,
                $"The value is longer than {Record.MaxValueLength} bytes, which is what fits into a record: share it with `kad share FILE`.");
    }

    private void Validate(CommandResult command)
    {
        bool content = command.GetValue(_content);
        int wanted = (content ? 0 : 1) + (command.GetResult(_file) is null ? 1 : 0);
        int given = new[] { _name, _value }.Sum(argument => command.GetResult(argument)?.Tokens.Count ?? 0);
        if (given != wanted)
        {
            command.AddError("Give NAME VALUE, or NAME --file FILE; with --content, VALUE or --file FILE alone.");
        }

        if (content && command.GetValue(_open))
        {
            command.AddError("Give --open or --content, not both.");
        }
    }
}
