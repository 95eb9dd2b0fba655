using System.Net;
using Kademlia.Records;
using Kademlia.Transport;
using Microsoft.Extensions.Logging;

namespace Kademlia;

/// <summary>How a node is started. All of it is checked once, at start. Options marked † must be the same in the whole network.</summary>
public sealed partial class KademliaOptions
{
    /// <summary>Nodes to join through: <c>host:port</c> with a DNS name, an IPv4 address or a bracketed IPv6 address.</summary>
    /// <value>The default is none: a network of one, that others can join.</value>
    public IList<string> Bootstrap { get; init; } = [];

    /// <summary>The port, for UDP and for TCP (<see cref="MaxStreams"/>).</summary>
    /// <value>The default is 0: any free port.</value>
    public int Port { get; init; }

    /// <summary>The addresses to listen on, at most one for each address family.</summary>
    /// <value>The default is any IPv4 and any IPv6 address.</value>
    public IList<IPAddress> ListenAddresses { get; init; } = [IPAddress.Any, IPAddress.IPv6Any];

    /// <summary>The addresses under which others reach this node, where it is known. Proofs of identity are then given for these alone of their address family.</summary>
    /// <value>The default is none: the node learns them from others' replies.</value>
    public IList<IPAddress> PublicAddresses { get; init; } = [];

    /// <summary>Whether this node serves others.</summary>
    /// <value>The default is <see cref="NodeRole.Auto"/>.</value>
    public NodeRole Role { get; init; } = NodeRole.Auto;

    /// <summary>The node's key pair. At most one of this and <see cref="IdentityFile"/> may be given.</summary>
    /// <value>The default is a new one at every start.</value>
    public NodeIdentity? Identity { get; init; }

    /// <summary>The file that keeps the node's key pair; created, readable by its user alone, when missing.</summary>
    /// <value>The default is none.</value>
    public string? IdentityFile { get; init; }

    /// <summary>The file that keeps the routing table between runs, for a warm start.</summary>
    /// <value>The default is none: then <see cref="RecordStore"/> keeps it, if that is an <see cref="INodeStateStore"/>.</value>
    public string? StateFile { get; init; }

    /// <summary>† Keeps deployments apart: nodes of other networks get no answer.</summary>
    /// <value>The default is <c>kademlia</c>.</value>
    public string NetworkName { get; init; } = "kademlia";

    /// <summary>† The 32-byte key of a private network: every datagram is sealed, and whoever lacks the key gets no answer.</summary>
    /// <value>The default is none, an open network; an empty key is none.</value>
    public ReadOnlyMemory<byte> NetworkKey { get; init; }

    /// <summary>† How many leading bits of the hash of a node's id must be zero: what an id costs to make (S/Kademlia, section 4.1).</summary>
    /// <value>The default is 0.</value>
    public int IdDifficulty { get; init; }

    /// <summary>† How many nodes hold a record, and how many contacts a bucket has: k.</summary>
    /// <value>The default is 20 (section 2.2 of the paper).</value>
    public int BucketSize { get; init; } = 20;

    /// <summary>How many contacts a lookup asks at once, α, until the closest has answered; then it asks the rest of the k together.</summary>
    /// <value>The default is 4; the paper has 3 (section 2.3).</value>
    public int Parallelism { get; init; } = 4;

    /// <summary>How long the first request to a contact is waited for before it is sent again. What the first round trips to others teach shortens it, to half at the least; nothing is given up sooner for that.</summary>
    /// <value>The default is 500 ms; later requests go by measured round trips (RFC 6298).</value>
    public TimeSpan FirstTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a request is waited for altogether.</summary>
    /// <value>The default is 5 s.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a request of a lookup is sent before its contact counts as failed.</summary>
    /// <value>The default is 3.</value>
    public int LookupAttempts { get; init; } = 3;

    /// <summary>How often a put asks the nearest that have not answered, and sends each store.</summary>
    /// <value>The default is 8: where three of ten datagrams are lost each way, one in two hundred gets no answer.</value>
    public int StoreAttempts { get; init; } = 8;

    /// <summary>How long a bucket may go without a lookup before one is made into it.</summary>
    /// <value>The default is 1 h (section 2.3 of the paper).</value>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often this node stores its own records again.</summary>
    /// <value>The default is 22 h, as in IPFS.</value>
    public TimeSpan RepublishInterval { get; init; } = TimeSpan.FromHours(22);

    /// <summary>How long holders keep this node's records.</summary>
    /// <value>The default is 24 h (section 2.5 of the paper).</value>
    public TimeSpan RecordLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>† The longest life of any record; a record that claims more is refused.</summary>
    /// <value>The default is 48 h.</value>
    public TimeSpan MaxRecordLifetime { get; init; } = TimeSpan.FromHours(48);

    /// <summary>How much of others' records this node keeps, in bytes.</summary>
    /// <value>The default is 64 MiB.</value>
    public long MaxStrangerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest value that this node puts, and that it holds for others, in bytes. What is longer than 768 goes over streams, and is never of an open key.</summary>
    /// <value>The default is 65,536, the most; 768 is the least. Without streams (<see cref="MaxStreams"/>) it is 768.</value>
    public int MaxValueLength { get; init; } = Record.MaxValueLength;

    /// <summary>Whether address-group limits apply to loopback, link-local and private addresses too.</summary>
    /// <value>The default is false: a laboratory on one machine is a network. For public addresses the limits always apply.</value>
    public bool LimitLocalAddressGroups { get; init; }

    /// <summary>Decides over each record that is offered to this node, after it was verified. Called under no lock; must be fast.</summary>
    /// <value>The default is none: every verified record is taken.</value>
    public Func<Record, bool>? AcceptRecord { get; init; }

    /// <summary>Where records are kept. The node owns and disposes it.</summary>
    /// <value>The default is a new <see cref="MemoryRecordStore"/>.</value>
    public IRecordStore? RecordStore { get; init; }

    /// <summary>What carries datagrams. The node owns and disposes it.</summary>
    /// <value>The default is a new <see cref="UdpTransport"/> on <see cref="ListenAddresses"/> and <see cref="Port"/>.</value>
    public IDatagramTransport? Transport { get; init; }

    /// <summary>What carries streams. The node owns and disposes it. Others look for it at the port of the node's datagrams.</summary>
    /// <value>
    /// The default is a new <see cref="TcpStreamTransport"/> on <see cref="ListenAddresses"/> and the same port as <see cref="UdpTransport"/>; none where
    /// <see cref="Transport"/> is given.
    /// </value>
    public IStreamTransport? StreamTransport { get; init; }

    /// <summary>How many streams may be open at once; a quarter of them to one address group. With 0 the node neither takes nor opens any.</summary>
    /// <value>The default is 256.</value>
    public int MaxStreams { get; init; } = 256;

    /// <summary>How many streams may be open with one other node at once.</summary>
    /// <value>The default is 16.</value>
    public int MaxStreamsPerPeer { get; init; } = 16;

    /// <summary>How long no byte may pass on a stream before it is cut; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    /// <value>The default is 5 min.</value>
    public TimeSpan StreamIdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where time comes from.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the node logs to.</summary>
    /// <value>The default is nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }
}
