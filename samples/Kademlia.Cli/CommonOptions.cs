using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Kademlia.Records;

namespace Kademlia.Cli;

/// <summary>The options that every command takes, before or after its name, and the node's options made of them.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string[]> _bootstrap = new("--bootstrap")
    {
        Description = "A node to join through; repeat it for several.",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string> _network = new("--network")
    {
        Description = "The name of the network; nodes of other networks do not answer.",
        HelpName = "NAME",
        DefaultValueFactory = _ => new KademliaOptions().NetworkName,
    };

    private readonly Option<string?> _networkKeyFile = new("--network-key-file")
    {
        Description = "The key of a private network: a file of 32 bytes, or of 64 hexadecimal digits.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _identity = new("--identity")
    {
        Description = "The key pair that signs records and gives a node its id, created when missing; nodes that run at the same time "
            + $"need one each. When left out: identity.pem, for `kad node` node-PORT.pem, in {IdentityFiles.Folder}.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _ephemeral = new("--ephemeral")
    {
        Description = "Use a fresh key pair, and keep nothing on disk.",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object on standard output.",
    };

    public CommonOptions()
    {
        All = [_bootstrap, _network, _networkKeyFile, _identity, _ephemeral, _json];
        foreach (Option option in All)
        {
            option.Recursive = true;
        }

        _ephemeral.Validators.Add(RefuseIdentity);
    }

    public IReadOnlyList<Option> All { get; }

    /// <summary>Whether the output is for programs.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The nodes to join through, as they were written.</summary>
    public string[] BootstrapOf(ParseResult parsed) => parsed.GetValue(_bootstrap) ?? [];

    public string NetworkOf(ParseResult parsed) => parsed.GetRequiredValue(_network);

    public ReadOnlyMemory<byte> NetworkKeyOf(ParseResult parsed) =>
        parsed.GetValue(_networkKeyFile) is string path ? NetworkKeyFile.Read(path) : ReadOnlyMemory<byte>.Empty;

    /// <summary>The options of a command's short-lived node: any port, and it serves nobody.</summary>
    public KademliaOptions ForClient(ParseResult parsed) => new()
    {
        Bootstrap = BootstrapOf(parsed),
        NetworkName = NetworkOf(parsed),
        NetworkKey = NetworkKeyOf(parsed),
        IdentityFile = IdentityOf(parsed, IdentityFiles.ForWriter),
        Role = NodeRole.Client,
    };

    /// <summary>The options of a node that serves while it provides something, with a key pair of its own for that time.</summary>
    public KademliaOptions ForProvider(ParseResult parsed, int port, IPAddress[] listenAddresses) => new()
    {
        Bootstrap = BootstrapOf(parsed),
        NetworkName = NetworkOf(parsed),
        NetworkKey = NetworkKeyOf(parsed),
        IdentityFile = IdentityOf(parsed, () => null),
        Port = port,
        ListenAddresses = ListenOn(listenAddresses),
    };

    /// <summary>The options of a node that stays and serves.</summary>
    public KademliaOptions ForServer(
        ParseResult parsed, int port, IPAddress[] listenAddresses, string? stateFile, DataFolder? data, IRecordStore? store) => new()
        {
            Bootstrap = BootstrapOf(parsed),
            NetworkName = NetworkOf(parsed),
            NetworkKey = NetworkKeyOf(parsed),
            IdentityFile = IdentityOf(parsed, () => data?.Identity ?? IdentityFiles.ForNode(port)),
            StateFile = stateFile,
            RecordStore = store,
            Port = port,
            ListenAddresses = ListenOn(listenAddresses),
        };

    /// <summary>Refuses what makes no sense in a network that the command starts by itself.</summary>
    public void RefuseJoining(CommandResult command)
    {
        if (command.GetResult(_bootstrap) is not null || command.GetResult(_identity) is not null)
        {
            command.AddError("The demo runs a network of its own: leave out --bootstrap and --identity.");
        }
    }

    /// <summary>Refuses to keep something and to keep nothing.</summary>
    public void RefuseEphemeral(OptionResult kept)
    {
        if (kept.GetResult(_ephemeral)?.GetValueOrDefault<bool>() == true)
        {
            kept.AddError($"Give {kept.Option.Name} or {_ephemeral.Name}, not both.");
        }
    }

    private static IPAddress[] ListenOn(IPAddress[] given) => given.Length > 0 ? given : [IPAddress.Any, IPAddress.IPv6Any];

    private string? IdentityOf(ParseResult parsed, Func<string?> ownFile) =>
        parsed.GetValue(_ephemeral) ? null : parsed.GetValue(_identity) ?? ownFile();

    private void RefuseIdentity(OptionResult ephemeral)
    {
        if (ephemeral.GetValueOrDefault<bool>() && ephemeral.GetResult(_identity) is not null)
        {
            ephemeral.AddError("Give --identity or --ephemeral, not both.");
        }
    }
}
