using System.Reflection;

namespace Kademlia.Tests.Architecture;

/// <summary>The rooms of the library, which of them may know which, and what pure rooms may not know at all.</summary>
internal sealed class House
{
    private const string Identifiers = "";
    private const string Face = "Face";

    /// <summary>The rooms, each after those that it may use: so there is no cycle.</summary>
    private static readonly Room[] Rooms =
    [
        new(Identifiers, true),
        new("Identity", true, Identifiers),
        new("Routing", true, Identifiers),
        new("Lookups", true, Identifiers),
        new("Records", true, Identifiers, "Identity"),
        new("Messages", true, Identifiers, "Records"),
        new("Admission", true, Identifiers, "Identity", "Records", "Messages"),
        new("Wire", true, Identifiers, "Records", "Messages", "Admission"),
        new("Core", true, Identifiers, "Identity", "Routing", "Lookups", "Records", "Messages", "Admission", "Wire"),
        new("Transport", false, Identifiers),
        new("Streams", false, Identifiers, "Identity", "Admission", "Wire", "Transport"),
        new("Content", false, Identifiers, "Wire"),
        new(Face, false, Identifiers, "Identity", "Routing", "Lookups", "Records", "Messages", "Admission", "Wire", "Core", "Transport", "Streams", "Content"),
    ];

    /// <summary>The types of the root namespace that tie the rooms together. All others there are identifiers.</summary>
    private static readonly string[] FaceTypes =
        ["KademliaNode", "KademliaOptions", "NodeHost", "StreamHost", "NodeSockets", "HostServices", "PeerConnection", "StreamHandler", "ContentDownload", "ContentProvider", "FetchedContent", "SharedContent", "NodeDispatcher", "RecordLease", "RecordStream", "RecordExchange", "Bootstrap", "StateFile", "Log", "TalkHandler"];

    /// <summary>Namespaces and types that are sockets, files, clocks, tasks, threads or loggers.</summary>
    private static readonly string[] Impure =
    [
        "System.Threading",
        "System.Threading.Tasks",
        "System.Threading.Tasks.Sources",
        "System.Threading.Channels",
        "System.Timers",
        "System.Net.Sockets",
        "System.Net.NetworkInformation",
        "System.Net.Dns",
        "System.IO.File",
        "System.IO.FileStream",
        "System.IO.Directory",
        "System.Diagnostics.Stopwatch",
        "System.TimeProvider",
        "System.Runtime.CompilerServices.AsyncVoidMethodBuilder",
        "Microsoft.Extensions.Logging",
    ];

    private static readonly Exemption[] Exemptions =
    [
        new("Kademlia.Record", "Kademlia.Records.RecordView", "a record is made of the view of one, and gives one"),
        new("Kademlia.NodeIdentity", "Kademlia.Identity", "an identity is the public face of a signing key"),
        new("Kademlia.Messages.Envelope", "Kademlia.Admission.AddressToken", "every message carries a token, which is eight bytes to it"),
        new("Kademlia.Messages.ProveRequest", "Kademlia.Admission.AddressToken", "a challenge brings a token for the one that comes back"),
        new("Kademlia.PeerEndPoint", "System.Net.Sockets.AddressFamily", "an enumeration, not a socket"),
        new("Kademlia.Identity.EcdsaP256Key", "System.Threading", "signing is called by several threads, and the platform's key is not safe for that"),
        new("Kademlia.Identity.IdentityFile", "System.IO.File", "the key pair is kept in a file"),
        new("Kademlia.Identity.IdentityFile", "System.IO.FileStream", "the key pair is kept in a file"),
        new("Kademlia.Identity.IdentityFile", "System.IO.Directory", "the file's folder is made when it is missing"),
        new("Kademlia.NodeIdentity", "System.IO.File", "the key pair is kept in a file"),
        new("Kademlia.Records.IRecordStore", "System.Threading", "a seam for users: a store may be slow, and waiting for it may be given up"),
        new("Kademlia.Records.IRecordStore", "System.Threading.Tasks", "a seam for users: a store may be slow"),
        new("Kademlia.Records.INodeStateStore", "System.Threading", "a seam for users: saving may be slow, and waiting for it may be given up"),
        new("Kademlia.Records.INodeStateStore", "System.Threading.Tasks", "a seam for users: saving may be slow"),
        new("Kademlia.Records.MemoryRecordStore", "System.Threading", "it stands behind that seam"),
        new("Kademlia.Records.MemoryRecordStore", "System.Threading.Tasks", "it stands behind that seam"),
    ];

    private readonly string _root;
    private readonly Use[] _uses;

    /// <summary>Takes stock of a library.</summary>
    /// <param name="assembly">The compiled library.</param>
    /// <param name="root">The namespace of its public face.</param>
    public House(Assembly assembly, string root)
    {
        _root = root;
        _uses = [.. assembly.GetTypes().Where(IsHere).SelectMany(UseFinder.UsesOf)];
    }

    /// <summary>Every use between rooms that their order forbids.</summary>
    public IEnumerable<Use> UsesAgainstTheOrder() => _uses.Where(use => IsHere(use.Used) && IsForbidden(use) && !IsExempt(use));

    /// <summary>Every use of the world outside by a room that must be pure.</summary>
    public IEnumerable<Use> ImpureUses() => _uses.Where(use => RoomOf(use.User).IsPure && IsImpure(use.Used) && !IsExempt(use));

    /// <summary>Exemptions that no code needs any more.</summary>
    public IEnumerable<Exemption> UnneededExemptions() => Exemptions.Where(exemption =>
        !_uses.Any(use => exemption.Allows(use) && (IsImpure(use.Used) || (IsHere(use.Used) && IsForbidden(use)))));

    private static bool IsImpure(Type type) => Impure.Contains(type.Namespace) || Impure.Contains(UseFinder.Outermost(type).FullName);

    private static bool IsExempt(Use use) => Exemptions.Any(exemption => exemption.Allows(use));

    private bool IsHere(Type type) =>
        $"{type.Namespace}.".StartsWith($"{_root}.", StringComparison.Ordinal);

    private bool IsForbidden(Use use)
    {
        Room user = RoomOf(use.User);
        Room used = RoomOf(use.Used);
        return user != used && !user.MayUse.Contains(used.Name);
    }

    private Room RoomOf(Type type)
    {
        string name = type.Namespace != _root ? type.Namespace![(_root.Length + 1)..].Split('.')[0]
            : FaceTypes.Contains(UseFinder.Outermost(type).Name) ? Face
            : Identifiers;
        return Rooms.FirstOrDefault(room => room.Name == name)
            ?? throw new InvalidOperationException($"{type.FullName} is in no room: name \"{name}\" in {nameof(House)}, with what it may use.");
    }
}
