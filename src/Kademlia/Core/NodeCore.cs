using Kademlia.Admission;
using Kademlia.Identity;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>One node, without I/O: driven by datagrams, time, completed effects and calls.</summary>
/// <remarks>
/// <para>Not thread-safe: whoever drives it holds the node's one lock. Each input is a turn: it runs to its end, with all the work
/// that it made ready, before the next. Nothing here starts a thread, reads a clock, or draws a random number but from the
/// generator it was given, so the same inputs and the same seed give the same outputs.</para>
/// <para>This type is the tie between the parts: it opens datagrams and hands them on. What they mean is decided by
/// <see cref="Requests"/> (what we asked), <see cref="Answers"/> (what we are asked), <see cref="Newcomers"/> (who enters the table),
/// <see cref="Walk"/>, <see cref="Getting"/> and <see cref="Putting"/> (operations), <see cref="Holding"/> (records of others)
/// and <see cref="Upkeep"/> (everything by the clock).</para>
/// </remarks>
internal sealed partial class NodeCore
{
    private readonly ICoreHost _host;
    private readonly Random _random;
    private readonly Sealer? _sealer;
    private readonly byte[] _opened = new byte[Codec.MaxMessageLength];
    private readonly byte[] _sealed = new byte[Codec.MaxMessageLength + Sealer.Overhead];
    private readonly WallClock _wallClock = new();
    private readonly CancelScope[] _purposes = [.. Enum.GetValues<Purpose>().Select(p => new CancelScope(p))];

    public NodeCore(CoreOptions options, NodeIdentity identity, SignatureScheme signatures, ICoreHost host, Random random)
    {
        Options = options;
        Identity = identity;
        Signatures = signatures;
        _host = host;
        _random = random;
        Codec = new Codec(options.Network);
        _sealer = options.NetworkKey.IsEmpty ? null : new Sealer(options.NetworkKey.Span, options.Network, NextTransaction());
        Tokens = new AddressTokens(random);
        Votes = new AddressVotes(options.LimitLocalAddressGroups);
        Proofs = new IdentityProof(options.PublicAddresses, Votes);
        Verifier = new RecordVerifier(signatures, options.Network, (long)options.MaxRecordLifetime.TotalSeconds);
        Hearsay = new HearsayBudget(random, options.LimitLocalAddressGroups);
        Limits = new StrangerLimits(random, options.LimitLocalAddressGroups);
        ProofLimits = new StrangerLimits(random, options.LimitLocalAddressGroups);
        Referrals = new Referrals(random);
        Peers = new PeerBook();
        OwnEndPoints = new OwnEndPoints(this);
        Overlays = [.. MakeOverlays(options, identity.Id)];
        Requests = new Requests(this);
        Answers = new Answers(this);
        Newcomers = new Newcomers(this);
        Holding = new Holding(this);
        LargeRecords = new LargeRecords(this);
        Finding = new Finding(this);
        Getting = new Getting(this);
        Mending = new Mending(this);
        Putting = new Putting(this);
        Talking = new Talking(this);
        Replication = new Replication(this);
        Reunion = new Reunion(this);
        Subscribers = new Subscribers(this);
        Subscribing = new Subscribing(this);
        DialBack = new DialBack(this);
        Reachability = new Reachability(this);
        Upkeep = new Upkeep(this);
        Array.ForEach(_purposes, scope => Lifetime.Add(scope.Cancel));
        Lifetime.Add(() => Upkeep.Joined.Break(new OperationCanceledException()));
    }

    public NodeId Id => Identity.Id;

    public CoreOptions Options { get; }

    public NodeIdentity Identity { get; }

    public SignatureScheme Signatures { get; }

    public Overlay[] Overlays { get; }

    public CoreCounters Counters { get; } = new();

    /// <summary>Monotonic time since the node's start, as of this turn.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The wall clock in Unix seconds, as of this turn.</summary>
    public long WallSeconds => _wallClock.SecondsAt(Now);

    /// <summary>The wall clock in Unix milliseconds, as of this turn.</summary>
    public long WallMilliseconds => _wallClock.MillisecondsAt(Now);

    /// <summary>When <see cref="Advance"/> must be called next, if nothing else comes first.</summary>
    public TimeSpan? NextDeadline => Timers.Next;

    public OwnEndPoints OwnEndPoints { get; }

    public Putting Putting { get; }

    public Finding Finding { get; }

    public Getting Getting { get; }

    public Mending Mending { get; }

    public Holding Holding { get; }

    public LargeRecords LargeRecords { get; }

    public Talking Talking { get; }

    public Upkeep Upkeep { get; }

    public Newcomers Newcomers { get; }

    /// <summary>Cancelled when the node stops: the scope of all that is nobody's operation.</summary>
    public CancelScope Lifetime { get; } = new();

    /// <summary>The part of <see cref="Lifetime"/> whose requests have a purpose.</summary>
    internal CancelScope LifetimeFor(Purpose purpose) => _purposes[(int)purpose];

    internal Codec Codec { get; }

    internal DecodeScratch Scratch { get; } = new();

    internal AddressTokens Tokens { get; }

    internal AddressVotes Votes { get; }

    internal IdentityProof Proofs { get; }

    internal RecordVerifier Verifier { get; }

    internal HearsayBudget Hearsay { get; }

    internal StrangerLimits Limits { get; }

    /// <summary>What candidates for the table may cost us, apart from what they ask.</summary>
    internal StrangerLimits ProofLimits { get; }

    internal PeerBook Peers { get; }

    internal Referrals Referrals { get; }

    internal Requests Requests { get; }

    internal Answers Answers { get; }

    internal Replication Replication { get; }

    internal Reunion Reunion { get; }

    internal Subscribers Subscribers { get; }

    internal Subscribing Subscribing { get; }

    internal DialBack DialBack { get; }

    internal Reachability Reachability { get; }

    internal TimerHeap Timers { get; } = new();

    internal Queue<Action> Ready { get; } = new();

    /// <summary>Takes in a datagram. The bytes are the caller's again when this returns.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, PeerEndPoint from, TimeSpan now)
    {
        if (Lifetime.IsCancelled)
        {
            return;
        }

        BeginTurn(now);
        Counters.Received++;
        Counters.BytesReceived += datagram.Length;
        if (TryOpen(datagram, out ReadOnlySpan<byte> plain))
        {
            Accept(plain, from);
        }

        EndTurn();
    }

    /// <summary>Does what is due.</summary>
    public void Advance(TimeSpan now)
    {
        BeginTurn(now);
        while (Timers.TryTakeDue(Now, out CoreTimer timer))
        {
            timer.OnDue(Now);
            EndTurn();
        }
    }

    /// <summary>Takes back an effect that the host has done.</summary>
    public void Complete(Effect effect, TimeSpan now)
    {
        BeginTurn(now);
        effect.Completed?.Invoke();
        EndTurn();
    }

    /// <summary>Does something as a turn of its own.</summary>
    public void Turn(Action input, TimeSpan now)
    {
        BeginTurn(now);
        input();
        EndTurn();
    }

    /// <summary>Tells the wall clock. Before the first time, and whenever the host looks at it.</summary>
    public void ObserveWallClock(TimeSpan now, DateTimeOffset wall) => _wallClock.Observe(now, wall);

    /// <summary>Cancels everything. Nothing is sent and no callback comes afterwards.</summary>
    public void Stop(TimeSpan now)
    {
        BeginTurn(now);
        Lifetime.Cancel();
        EndTurn();
    }

    /// <summary>The overlay of an address family, or null when this node is not in it.</summary>
    internal Overlay? OverlayOf(PeerEndPoint endPoint)
    {
        foreach (Overlay overlay in Overlays)
        {
            if (overlay.IsIPv4 == endPoint.IsIPv4)
            {
                return overlay;
            }
        }

        return null;
    }

    /// <summary>Our endpoint in an overlay as a majority of proven contacts sees it, or the default value.</summary>
    public PeerEndPoint PublicEndPointOf(Overlay overlay) =>
        Votes.TryGetMajority(overlay.IsIPv4, Now, out PeerEndPoint endPoint) ? endPoint : default;

    internal ulong NextTransaction() => (ulong)_random.NextInt64(long.MinValue, long.MaxValue);

    internal void NextBytes(Span<byte> bytes) => _random.NextBytes(bytes);

    /// <summary>A time between half of <paramref name="mean"/> and one and a half, so that nodes started together part.</summary>
    internal TimeSpan Jitter(TimeSpan mean) => mean * (0.5 + _random.NextDouble());

    internal Random Random => _random;

    /// <summary>Whether we are about to stop, and say so.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>Whether we serve nobody at present, in neither family.</summary>
    public bool IsClient => Array.TrueForAll(Overlays, o => !o.Serves);

    /// <summary>Begins to serve in a family, or ceases to, and makes it known to the neighbours.</summary>
    internal async CoreTask ChangeRoleAsync(Overlay overlay, bool serves)
    {
        if (serves)
        {
            overlay.Serves = true;
            await Upkeep.MeetNeighboursAsync();
        }
        else
        {
            await Upkeep.CeaseAsync([overlay], () => overlay.Serves = false, LifetimeFor(Purpose.Joining));
        }

        _host.OnRole(serves: !IsClient);
    }

    internal Record? Read(RecordKey key, NodeId writer) => _host.Read(key, writer);

    /// <summary>A request was answered by the node that it was sent to.</summary>
    internal void OnMatchedReply(in Envelope envelope, PeerEndPoint from)
    {
        Contact contact = new(envelope.Sender, from);
        OverlayOf(from)?.Table.OnReply(contact, Now);
        if (IsProven(contact))
        {
            Votes.Add(from, envelope.Observed, Now);
        }
    }

    /// <summary>Whether a contact proved its id at its endpoint.</summary>
    internal bool IsProven(Contact contact) =>
        OverlayOf(contact.EndPoint)?.Table.Contains(contact) == true
        || (Peers.Find(contact.EndPoint) is { IsProven: true } peer && peer.Id == contact.Id);

    internal void OnRequestFailed(Contact contact)
    {
        if (OverlayOf(contact.EndPoint)?.Table.OnFailure(contact, Now) == true)
        {
            Upkeep.OnLost(contact);
        }
    }

    internal void OnIdChanged(PeerEndPoint endPoint, NodeId id) => OverlayOf(endPoint)?.Table.OnIdChanged(endPoint, id, Now);

    private static IEnumerable<Overlay> MakeOverlays(CoreOptions options, NodeId id)
    {
        RoutingTableOptions table = new() { BucketSize = options.BucketSize, LimitLocalGroups = options.LimitLocalAddressGroups };
        if (options.HasIPv4)
        {
            yield return new Overlay(isIPv4: true, new RoutingTable(id, table), !options.IsClient);
        }

        if (options.HasIPv6)
        {
            yield return new Overlay(isIPv4: false, new RoutingTable(id, table), !options.IsClient);
        }
    }

    private void BeginTurn(TimeSpan now) => Now = now > Now ? now : Now;

    private void EndTurn()
    {
        while (Ready.TryDequeue(out Action? resume))
        {
            resume();
        }
    }
}
