using System.Diagnostics.CodeAnalysis;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Everything that happens by the clock: joining, refreshing, checking contacts, republishing, expiring, leaving.</summary>
internal sealed partial class Upkeep(NodeCore core)
{
    /// <summary>How often there is a look at what is due; each look does a little, so that upkeep is spread evenly.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(10);

    /// <summary>A contact that was not heard of for so long is pinged (15 minutes, as in BEP 5).</summary>
    public static readonly TimeSpan ContactInterval = TimeSpan.FromMinutes(15);

    /// <summary>The first pause before bootstrapping is tried again; it doubles up to <see cref="LongestBackOff"/>.</summary>
    public static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    /// <summary>So many contacts are pinged at one look.</summary>
    private const int PingsPerTick = 4;

    /// <summary>So many endpoints are tried at one joining.</summary>
    private const int MaxBootstraps = 64;

    /// <summary>So many rounds of joining are gone through as long as fewer than k are met in each family. In a network of fewer nodes they are in vain.</summary>
    private const int MaxRounds = 4;

    private static readonly TimeSpan ProofTime = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _running = [];
    private IReadOnlyList<Contact> _known = [];
    private TimeSpan _backOff = FirstBackOff;
    private TimeSpan _joinAgainAt = TimeSpan.MaxValue;
    private int _rounds;
    private bool _metFew;

    /// <summary>Kept when the node knows another.</summary>
    public CorePromise<bool> Joined { get; } = new(core.Ready);

    /// <summary>Whether it was told where others are, and has met none: what it does not find may well be there.</summary>
    public bool IsCutOff => (core.Options.HasBootstraps || _known.Count > 0) && IsAlone;

    private bool MustJoinAgain => IsAlone || (_metFew && _rounds < MaxRounds);

    private bool IsAlone => core.Overlays.All(o => o.Table.Count == 0);

    /// <summary>Begins: loads what is stored, joins for the first time, and from then on looks what is due.</summary>
    /// <param name="known">Contacts from before; they are tried at every joining.</param>
    /// <param name="longest">So long the first joining is waited for; it goes on after that.</param>
    /// <param name="scope">Gives up waiting.</param>
    /// <returns>Whether the node knows another.</returns>
    public async CoreTask<bool> StartAsync(IReadOnlyList<Contact> known, TimeSpan longest, CancelScope scope)
    {
        _known = known;
        CorePromise<bool> begun = new(core.Ready);
        LinkedListNode<Action> registration = scope.Add(() => begun.Break(new OperationCanceledException()));
        using CoreDeadline deadline = new(core, longest, () => begun.Keep(false));
        core.RunDetached(BeginAsync(begun));
        await begun;
        scope.Remove(registration);
        return !IsAlone;
    }

    /// <summary>One round of joining.</summary>
    /// <remarks>
    /// Pings the bootstrap endpoints and the contacts known from before; goes on with the first that answers and proves itself.
    /// A walk to our own id then finds our neighbours and makes us known to them. Section 2.3 of the paper.
    /// Whoever we went on with may itself have been joining, and have named nobody: when the walk meets fewer than k, there is another round.
    /// </remarks>
    public async CoreTask JoinAsync()
    {
        core.Newcomers.ForgetChallengers();
        ResolveEffect bootstrap = await core.Perform(new ResolveEffect());
        PeerEndPoint[] endPoints =
        [
            .. bootstrap.EndPoints.Concat(_known.Select(c => c.EndPoint))
                .Where(e => core.OverlayOf(e) is not null)
                .Distinct()
                .Take(MaxBootstraps),
        ];
        if (endPoints.Length > 0 && await AnyAsync(endPoints))
        {
            await MeetNeighboursAsync();
        }

        bool alone = IsAlone;
        _rounds = alone ? 0 : _rounds + 1;
        _backOff = alone ? TimeSpan.FromTicks(Math.Min(_backOff.Ticks * 2, LongestBackOff.Ticks)) : FirstBackOff;
        _joinAgainAt = core.Now + core.Jitter(_backOff);
    }

    /// <summary>A contact entered a table.</summary>
    public void OnAdded(Contact contact)
    {
        Joined.Keep(true);
        core.Replication.OnAdded(contact);
    }

    [SuppressMessage("Design", "CA1031", Justification = "What the start fails with is its caller's.")]
    private async CoreTask BeginAsync(CorePromise<bool> begun)
    {
        try
        {
            if (await core.Holding.LoadAsync() is NodeState before)
            {
                _known = [.. _known, .. before.Contacts];
                core.Putting.Resume(before.Own);
            }

            core.RunDetached(TickAsync());
            core.RunDetached(core.Reunion.RunAsync());
            core.RunDetached(core.Reunion.RunForLostAsync());
            if (core.Options.IsAuto)
            {
                core.RunDetached(core.Reachability.RunAsync());
            }

            await JoinAsync();
            begun.Keep(true);
        }
        catch (Exception failure) when (!begun.IsKept)
        {
            begun.Break(failure);
        }
    }

    private async CoreTask<bool> AnyAsync(PeerEndPoint[] endPoints)
    {
        CorePromise<bool> first = new(core.Ready);
        int left = endPoints.Length;
        foreach (PeerEndPoint endPoint in endPoints)
        {
            core.RunDetached(TryAsync(endPoint));
        }

        return await first;

        async CoreTask TryAsync(PeerEndPoint endPoint)
        {
            bool admitted = false;
            try
            {
                Pong? pong = await new PingOut(core, new Contact(default, endPoint), core.LifetimeFor(Purpose.Joining)).Send();
                admitted = pong is not null && await core.Newcomers.AdmitAsync(pong.Contact, isHearsay: false);
            }
            finally
            {
                left--;
                if (admitted || left == 0)
                {
                    first.Keep(admitted);
                }
            }
        }
    }

    /// <summary>Finds our neighbours, and makes us known to them.</summary>
    public async CoreTask MeetNeighboursAsync()
    {
        TimeSpan joined = core.Now;
        List<Contact> nearest = [];
        bool metFew = true;
        foreach (Overlay overlay in core.Overlays.Where(o => o.Table.Count > 0))
        {
            Contact[] met = await WalkAsync(overlay, core.Id, AllFamilies, Purpose.Joining);
            nearest.AddRange(overlay.Serves ? met : []);
            metFew &= met.Length < core.Options.BucketSize;
        }

        _metFew = metFew;

        core.RunDetached(RefreshSinceAsync(joined));
        if (nearest.Count > 0)
        {
            await core.Newcomers.WaitForChallengersAsync([.. nearest], ProofTime);
        }
    }

    private AddressFamilies AllFamilies => core.Overlays.Length > 1
        ? AddressFamilies.IPv4 | AddressFamilies.IPv6
        : AddressFamilies.None;

    private async CoreTask<Contact[]> WalkAsync(Overlay overlay, NodeId target, AddressFamilies want, Purpose purpose)
    {
        FindNodeQuestion question = new(core, target, want, core.Options.LookupAttempts);
        Walk walk = new(core, overlay, target, question, core.LifetimeFor(purpose));
        await walk.Start();
        return walk.Closest();
    }

    private async CoreTask TickAsync()
    {
        while (true)
        {
            await core.Delay(core.Jitter(TickInterval), core.Lifetime);
            core.Holding.DropExpired();
            core.Subscribing.DropExpired();
            core.Putting.ForgetExpired();
            PingContacts();
            VisitNeighbours();
            RunOnce(nameof(RefreshAsync), RefreshAsync);
            RunOnce(nameof(Putting.RepublishAsync), () => core.Putting.RepublishAsync(core.LifetimeFor(Purpose.Republishing)));
            if (MustJoinAgain && core.Now >= _joinAgainAt)
            {
                RunOnce(nameof(JoinAsync), JoinAsync);
            }
        }
    }

    /// <summary>Begins work that may take longer than a tick, unless it is still running.</summary>
    private void RunOnce(string name, Func<CoreTask> work)
    {
        if (_running.Add(name))
        {
            core.RunDetached(RunAsync());
        }

        async CoreTask RunAsync()
        {
            try
            {
                await work();
            }
            finally
            {
                _running.Remove(name);
            }
        }
    }

    private void PingContacts()
    {
        foreach (Overlay overlay in core.Overlays)
        {
            for (int i = 0; i < PingsPerTick; i++)
            {
                if (overlay.Table.TryGetQuestionable(core.Now, ContactInterval, out Contact contact))
                {
                    core.RunDetached(PingAsync(contact, core.Options.LookupAttempts, core.LifetimeFor(Purpose.Pings)));
                }
            }
        }
    }

    private async CoreTask RefreshAsync()
    {
        foreach (Overlay overlay in core.Overlays)
        {
            if (overlay.Table.TryGetBucketToRefresh(core.Now, core.Options.RefreshInterval, core.Random, out NodeId target))
            {
                await RefreshAsync(overlay, target);
            }
        }
    }

    /// <summary>A range of which the table holds as many as it may, who all answer, is left alone: nobody would be added.</summary>
    private async CoreTask RefreshAsync(Overlay overlay, NodeId target)
    {
        if (overlay.Table.IsSettled(target))
        {
            overlay.Table.OnLookup(target, core.Now);
            return;
        }

        await WalkAsync(overlay, target, AddressFamilies.None, Purpose.Refresh);
    }

    /// <summary>Looks into every range that no lookup went into since the joining: what a new node knows little of.</summary>
    private async CoreTask RefreshSinceAsync(TimeSpan joined)
    {
        foreach (Overlay overlay in core.Overlays)
        {
            for (int i = 0; i < overlay.Table.BucketCount; i++)
            {
                if (overlay.Table.Count > 0
                    && overlay.Table.TryGetBucketToRefresh(core.Now, core.Now - joined, core.Random, out NodeId target))
                {
                    await WalkAsync(overlay, target, AddressFamilies.None, Purpose.Joining);
                }
            }
        }
    }

    private async CoreTask PingAsync(Contact contact, int attempts, CancelScope scope) =>
        await new PingOut(core, contact, scope) { MaxAttempts = attempts }.Send();
}
