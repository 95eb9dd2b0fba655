using Kademlia.Identity;
using Kademlia.Records;
using Kademlia.Streams;
using Kademlia.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kademlia;

/// <summary>What a host drives its core with. The transport and the store are the host's, and end with it.</summary>
internal sealed record HostServices
{
    public required IDatagramTransport Transport { get; init; }

    /// <summary>What carries streams; null where there are none.</summary>
    public IStreamTransport? Streams { get; init; }

    public required IRecordStore Store { get; init; }

    public required TimeProvider Time { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public IReadOnlyList<Bootstrap> Bootstraps { get; init; } = [];

    public SignatureScheme Signatures { get; init; } = EcdsaP256Scheme.Instance;

    /// <summary>Makes what secures streams, of identity, difficulty and network.</summary>
    public Func<NodeIdentity, int, Membership, IStreamSecurity> StreamSecurity { get; init; } = (identity, difficulty, membership) =>
        new TlsSecurity(identity, difficulty, membership);

    public Random Random { get; init; } = new CryptoRandom();

    public NodeDispatcher Dispatcher { get; init; } = NodeDispatcher.Pool;

    /// <summary>Called under the node's lock when it begins or ceases to serve.</summary>
    public Action RoleChanged { get; init; } = () => { };
}
