using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kademlia.Content;
using Kademlia.Core;
using Kademlia.Records;
using Kademlia.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kademlia;

/// <summary>A node of the overlay: finds other nodes, and stores and finds records among them, over UDP and without a server.</summary>
/// <remarks>
/// All members may be used from any thread at once. Tasks complete on the thread pool, never under the node's lock, and handlers
/// run there too. Not finding, and being offline, are results; exceptions are for wrong arguments, a disposed node, a cancelled
/// operation, and for a start that cannot succeed.
/// </remarks>
public sealed partial class KademliaNode : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StateInterval = TimeSpan.FromMinutes(10);

    private readonly KademliaOptions _options;
    private readonly HostServices _services;
    private readonly NodeHost _host;
    private readonly StreamHost? _streams;
    private readonly BlockServer _blocks;
    private readonly IDatagramTransport _transport;
    private readonly NodeDispatcher _dispatcher;
    private readonly ILogger _logger;
    private readonly INodeStateStore? _state;
    private readonly ITimer? _saving;
    private readonly ConcurrentDictionary<string, TalkHandler> _handlers = new(StringComparer.Ordinal);
    private int _disposed;

    private KademliaNode(KademliaOptions options, NodeIdentity identity, HostServices services)
    {
        _options = options;
        _services = services;
        _transport = services.Transport;
        _dispatcher = services.Dispatcher;
        _logger = services.Logger;
        Identity = identity;
        _host = new NodeHost(options.ToCore(_transport.LocalEndPoints, services.Streams is not null), identity, services) { OnTalk = AnswerAsync };
        _streams = StreamHost.Create(options, identity, services);
        _blocks = new BlockServer(services.Time);
        _streams?.Handle(BlockRequest.Protocol, (_, pipe, token) => _blocks.ServeAsync(pipe, token));
        ServeRecords(services.Time);
        Joined = JoinedAsync();
        _state = services.Store as INodeStateStore;
        _saving = options.StateFile is null && _state is null
            ? null
            : options.TimeProvider.CreateTimer(_ => _ = SaveContactsAsync(), null, StateInterval, StateInterval);
    }

    /// <summary>The node's id: the hash of its public key.</summary>
    public NodeId Id => Identity.Id;

    /// <summary>The node's key pair, with which it signs its records.</summary>
    public NodeIdentity Identity { get; }

    /// <summary>The port that the node is bound to, by UDP and, where it takes streams, by TCP.</summary>
    public int Port => LocalEndPoints[0].Port;

    /// <summary>Where the node is bound, at most one endpoint for each address family.</summary>
    public IReadOnlyList<PeerEndPoint> LocalEndPoints => _transport.LocalEndPoints;

    /// <summary>Completes when the node knows another; cancelled when it stops before.</summary>
    public Task Joined { get; }

    /// <summary>A snapshot of the node's state.</summary>
    public NodeInfo Info => _host.Read(Describe);

    /// <summary>This node's own records that it keeps alive.</summary>
    public IReadOnlyList<Record> OwnRecords => _host.Read(core => core.Putting.OwnRecords);

    /// <summary>Starts a node.</summary>
    /// <param name="options">How; null for the defaults: a network of one, that others can join.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <returns>A node that is bound and has tried to join once, for at most 5 s. Being offline is no error: it goes on trying.</returns>
    /// <exception cref="ArgumentException">An option is wrong; the message names it and says what to do.</exception>
    /// <exception cref="KademliaException">The port is taken, or a file cannot be used; the message says what to do.</exception>
    public static async Task<KademliaNode> StartAsync(KademliaOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new KademliaOptions();
        options.Validate();
        KademliaNode node = Open(options, out IReadOnlyList<Contact> known);
        await node.BeginAsync(known, cancellationToken).ConfigureAwait(false);
        return node;
    }

    /// <summary>Finds the k nodes closest to a point, the closest first; this node is not among them.</summary>
    /// <remarks>Those who answer slowly are waited for, some two seconds where nothing is known of them: so long a dead one near the point takes, too.</remarks>
    /// <param name="target">The point.</param>
    /// <param name="cancellationToken">Gives the search up.</param>
    public Task<IReadOnlyList<Contact>> FindClosestAsync(NodeId target, CancellationToken cancellationToken = default) =>
        RunAsync((core, scope) => core.Finding.FindClosestAsync(target, scope), cancellationToken);

    /// <summary>Finds a node by its id; null when no such node answered.</summary>
    /// <remarks>It takes as long as <see cref="FindClosestAsync"/>.</remarks>
    /// <param name="id">The node's id.</param>
    /// <param name="cancellationToken">Gives the search up.</param>
    public async Task<Contact?> FindNodeAsync(NodeId id, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<Contact> closest = await FindClosestAsync(id, cancellationToken).ConfigureAwait(false);
        return closest.Count > 0 && closest[0].Id == id ? closest[0] : null;
    }

    /// <summary>Asks whether a node answers at an endpoint; null when none does.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<PingResult?> PingAsync(PeerEndPoint endPoint, CancellationToken cancellationToken = default) =>
        RunAsync((core, scope) => core.Finding.PingAsync(endPoint, scope), cancellationToken);

    /// <summary>Tells the neighbours that this node is about to stop. It goes on serving until it is disposed.</summary>
    /// <param name="cancellationToken">Gives up waiting for them.</param>
    public Task LeaveAsync(CancellationToken cancellationToken = default) => RunAsync(
        async (core, scope) =>
        {
            await core.Upkeep.LeaveAsync(scope);
            return true;
        },
        cancellationToken);

    /// <summary>Leaves the network, for at most a second, and stops: saves whom it knows, and closes the socket and the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await LeaveQuietlyAsync().ConfigureAwait(false);
        if (_saving is not null)
        {
            await _saving.DisposeAsync().ConfigureAwait(false);
            await SaveContactsAsync().ConfigureAwait(false);
        }

        _streams?.Dispose();
        _host.Dispose();
        Forget(Identity, _options);
        Log.Stopped(_logger, Id);
    }

    /// <summary>Makes a node on the services given, which <see cref="BeginAsync"/> starts. The options are valid.</summary>
    internal static KademliaNode Create(KademliaOptions options, NodeIdentity identity, HostServices services) =>
        new(options, identity, services);

    /// <summary>The core. Its state may be read only while nothing else drives it, as in simulation.</summary>
    internal NodeCore Core => _host.Core;

    /// <summary>The contacts in the routing tables of all address families.</summary>
    internal IReadOnlyList<Contact> Contacts => _host.Read(core => core.Overlays.SelectMany(o => o.Table.ToArray()).ToArray());

    /// <summary>Stops at once, as by a crash: nobody is told, and nothing is saved.</summary>
    internal void Abort()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _saving?.Dispose();
            _streams?.Dispose();
            _host.Dispose();
        }
    }

    /// <summary>Makes a node on all that it lives on, which is its own from here on: closed again when the rest cannot be opened.</summary>
    private static KademliaNode Open(KademliaOptions options, out IReadOnlyList<Contact> known)
    {
        NodeIdentity? identity = options.Identity;
        (IDatagramTransport? transport, IStreamTransport? streams) = (options.Transport, options.StreamTransport);
        try
        {
            known = options.StateFile is null ? [] : StateFile.Load(options.StateFile);
            identity ??= options.IdentityFile is null
                ? NodeIdentity.Create(options.IdDifficulty)
                : NodeIdentity.LoadOrCreate(options.IdentityFile, options.IdDifficulty);
            (transport, streams) = NodeSockets.Open(options);
            return Create(options, identity, ServicesOf(options, transport, streams));
        }
        catch
        {
            transport?.Dispose();
            streams?.Dispose();
            options.RecordStore?.Dispose();
            Forget(identity, options);
            throw;
        }
    }

    private static HostServices ServicesOf(KademliaOptions options, IDatagramTransport transport, IStreamTransport? streams) => new()
    {
        Transport = transport,
        Streams = streams,
        Store = options.RecordStore ?? new MemoryRecordStore(),
        Time = options.TimeProvider,
        Logger = options.LoggerFactory?.CreateLogger<KademliaNode>() ?? NullLogger<KademliaNode>.Instance,
        Bootstraps = options.ParseBootstraps(),
    };

    /// <summary>An identity that the application gave is the application's.</summary>
    private static void Forget(NodeIdentity? identity, KademliaOptions options)
    {
        if (options.Identity is null)
        {
            identity?.Dispose();
        }
    }

    private NodeInfo Describe(NodeCore core) => new()
    {
        Id = Id,
        Role = core.IsClient ? NodeRole.Client : NodeRole.Server,
        Contacts = core.Overlays.Sum(o => o.Table.Count),
        LocalEndPoints = LocalEndPoints,
        PublicEndPoints = [.. core.Overlays.Select(core.PublicEndPointOf).Where(e => e != default)],
        Records = core.Holding.Index.Count,
        RecordBytes = core.Holding.Index.Bytes,
        EstimatedNetworkSize = core.Overlays.Max(o => o.EstimatedSize),
        Counters = core.Counters.ToPublic(),
        Upkeep = core.Counters.ToUpkeep(),
    };

    /// <summary>Starts a node that was created: receives, and joins for the first time.</summary>
    internal async Task BeginAsync(IReadOnlyList<Contact> known, CancellationToken cancellationToken)
    {
        try
        {
            _host.Start();
            _streams?.Start();
            Log.Started(_logger, Id, string.Join(", ", LocalEndPoints));
            await RunAsync((core, scope) => core.Upkeep.StartAsync(known, StartTime, scope), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task JoinedAsync()
    {
        try
        {
            await _host.RunAsync(WaitForJoinAsync, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException e)
        {
            throw new OperationCanceledException("The node stopped before it knew another.", e);
        }
    }

    private static async CoreTask<bool> WaitForJoinAsync(NodeCore core, CancelScope scope)
    {
        scope.Add(() => core.Upkeep.Joined.Break(new OperationCanceledException()));
        return await core.Upkeep.Joined;
    }

    private async Task LeaveQuietlyAsync()
    {
        try
        {
            await LeaveAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // Stopped meanwhile.
        }
    }

    /// <summary>Saves whom the node knows, in the file that was named for that, or else in the store. Who met nobody keeps what it knew from before.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a disk or a store fails with, the node goes on.")]
    private async Task SaveContactsAsync()
    {
        try
        {
            IReadOnlyList<Contact> contacts = Contacts;
            if (contacts.Count > 0 && _options.StateFile is string path)
            {
                StateFile.Save(path, contacts);
            }
            else if (contacts.Count > 0)
            {
                await _state!.SaveContactsAsync(contacts, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Log.StateNotSaved(_logger, e);
        }
    }

    private Task<T> RunAsync<T>(
        Func<NodeCore, CancelScope, CoreTask<T>> work, CancellationToken cancellationToken, [CallerMemberName] string name = "")
    {
        ObjectDisposedException.ThrowIf(_host.IsStopped, this);
        return _host.RunAsync(work, cancellationToken, name);
    }
}
