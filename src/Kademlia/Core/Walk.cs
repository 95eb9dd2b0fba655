using System.Buffers;
using Kademlia.Lookups;

namespace Kademlia.Core;

/// <summary>Drives one <see cref="Lookup"/> with real requests in one overlay.</summary>
/// <remarks>
/// Begins from our own table, asks as <see cref="Lookup.Next"/> says, and tells the machine of replies, slow contacts and failures.
/// Contacts that answered are offered to the table. When the machine is done, what is still under way is cancelled, except, where
/// <see cref="AsksOn"/> says so, the requests to contacts nearer than the k-th that answered: those go on, and <see cref="Answered"/> tells of each.
/// </remarks>
internal sealed partial class Walk
{
    /// <summary>So many times k contacts of our own table are known to a walk from the start: when most of the nearest have died, it goes on from farther ones.</summary>
    private const int SeedBuckets = 4;

    private readonly NodeCore _core;
    private readonly Overlay _overlay;
    private readonly WalkQuestion _question;
    private readonly Lookup _lookup;
    private readonly CancelScope _scope;
    private readonly CorePromise<bool> _done;
    private readonly List<WalkRequest> _underWay;
    private readonly LinkedListNode<Action> _registration;
    private CorePromise<bool>? _quiet;
    private bool _pumping;

    public Walk(NodeCore core, Overlay overlay, NodeId target, WalkQuestion question, CancelScope scope)
    {
        _core = core;
        _overlay = overlay;
        _question = question;
        _scope = scope;
        _done = new CorePromise<bool>(core.Ready);
        _underWay = new List<WalkRequest>(core.Options.BucketSize);
        _lookup = new Lookup(target, new LookupOptions
        {
            BucketSize = core.Options.BucketSize,
            Parallelism = core.Options.Parallelism,
            LimitLocalAddressGroups = core.Options.LimitLocalAddressGroups,
        });
        _registration = scope.Add(OnCancelled);
    }

    /// <summary>Whether those nearer than the k-th that have not answered at the end are asked on. Whoever is that slow counts among the closest when it answers.</summary>
    public bool AsksOn { get; init; }

    /// <summary>Called after each answer, and told whether it came after the end: of those that are asked on.</summary>
    public Action<Contact, bool>? Answered { get; init; }

    /// <summary>Datagrams sent, those that were sent again among them.</summary>
    public int Sent { get; private set; }

    public int Received { get; private set; }

    public int Failed { get; private set; }

    public int Hops => _question.FirstHolder is Contact holder ? _lookup.HopsTo(holder) : _lookup.Hops;

    /// <summary>Whether the walk ran to its end, not stopped early.</summary>
    public bool IsComplete { get; private set; }

    public bool IsFinished => _done.IsKept;

    /// <summary>Walks from our own table until the machine is done.</summary>
    public CorePromise<bool> Start()
    {
        Contact[] seeds = ArrayPool<Contact>.Shared.Rent(SeedBuckets * _core.Options.BucketSize);
        int count = _overlay.Table.FindClosest(_lookup.Target, seeds.AsSpan(0, SeedBuckets * _core.Options.BucketSize));
        _overlay.Table.OnLookup(_lookup.Target, _core.Now);
        if (_question.IsUrgent && count > _core.Options.Parallelism)
        {
            AskAllButTheSlowest(seeds.AsSpan(0, _core.Options.Parallelism + 1));
        }

        foreach (Contact contact in seeds.AsSpan(0, count))
        {
            _lookup.Offer(contact);
        }

        ArrayPool<Contact>.Shared.Return(seeds);
        Pump();
        return _done;
    }

    /// <summary>Walks from one contact, as if it were the only one that we know.</summary>
    public CorePromise<bool> StartFrom(Contact contact)
    {
        _lookup.Offer(contact);
        Pump();
        return _done;
    }

    /// <summary>Ends the walk early: enough is known.</summary>
    public void Stop()
    {
        if (!IsFinished)
        {
            _lookup.Stop();
            Finish(complete: false);
        }
    }

    /// <summary>The closest that answered, the closest first.</summary>
    public Contact[] Closest()
    {
        Contact[] closest = new Contact[_core.Options.BucketSize];
        return closest[.._lookup.CopyClosest(closest)];
    }

    /// <summary>Those of the closest few that have answered, when they will most likely stay among the closest.</summary>
    public Contact[] Settled(int most)
    {
        Contact[] settled = new Contact[most];
        return settled[.._lookup.CopySettled(settled)];
    }

    /// <summary>Gives up all that is still under way.</summary>
    public void StopAsking() => CancelRequests(_ => true);

    /// <summary>Waits until of those that are asked on each has answered, or was given up.</summary>
    public async CoreTask WhenQuietAsync()
    {
        if (_underWay.Count > 0)
        {
            _quiet = new CorePromise<bool>(_core.Ready);
            await _quiet;
        }
    }

    /// <summary>Asks whom the machine says, until it waits or is done.</summary>
    public void Pump()
    {
        if (_pumping || IsFinished || _question.IsWaiting)
        {
            return;
        }

        _pumping = true;
        LookupStep step;
        while ((step = _lookup.Next(out Contact contact)) == LookupStep.Ask)
        {
            Ask(contact, isAgain: false);
        }

        _pumping = false;
        if (step == LookupStep.Done && !_underWay.Exists(r => r is { IsAgain: true, IsOverdue: false }))
        {
            Finish(complete: true);
        }
    }

    /// <summary>Of the nearest, who are as good as each other, one waits: who has taken longest to answer, or was never measured.</summary>
    private void AskAllButTheSlowest(ReadOnlySpan<Contact> nearest)
    {
        int slowest = 0;
        for (int i = 1; i < nearest.Length; i++)
        {
            slowest = RoundTripOf(nearest[i]) > RoundTripOf(nearest[slowest]) ? i : slowest;
        }

        for (int i = 0; i < nearest.Length; i++)
        {
            if (i != slowest)
            {
                _lookup.Offer(nearest[i]);
            }
        }

        Pump();
    }

    private TimeSpan RoundTripOf(Contact contact) =>
        _core.Peers.Find(contact.EndPoint) is { HasMeasured: true } peer ? peer.RoundTrip : TimeSpan.MaxValue;

    private void Ask(Contact contact, bool isAgain)
    {
        WalkStep step = new(contact, _lookup, _question.CursorFor(contact));
        WalkRequest request = new(this, step, isAgain)
        {
            MaxAttempts = _question.Attempts,
            FirstContactLength = _question.FirstContactLengthFor(step),
            IsHearsay = !_overlay.Table.Contains(contact),
            Purpose = _scope.Purpose,
        };
        _underWay.Add(request);
        _core.Requests.Send(request);
    }

    private void Finish(bool complete)
    {
        IsComplete = complete;
        if (complete)
        {
            _overlay.OnWalk(_lookup.Target, Closest());
        }

        Contact[] late = new Contact[AsksOn ? _core.Options.BucketSize : 0];
        int count = _lookup.CopyUnanswered(late);
        CancelRequests(request => !late.AsSpan(0, count).Contains(request.Contact));
        _done.Keep(complete);
        LeaveScopeIfQuiet();
    }

    private void OnCancelled()
    {
        _lookup.Stop();
        _done.Break(new OperationCanceledException());
        _quiet?.Break(new OperationCanceledException());
        StopAsking();
    }

    private void OnEnded(WalkRequest request)
    {
        _underWay.Remove(request);
        LeaveScopeIfQuiet();
    }

    /// <summary>A walk is under way while it walks and while late answers may come.</summary>
    private void LeaveScopeIfQuiet()
    {
        if (IsFinished && _underWay.Count == 0)
        {
            _scope.Remove(_registration);
            _quiet?.Keep(true);
        }
    }

    private void CancelRequests(Predicate<WalkRequest> which)
    {
        foreach (WalkRequest request in _underWay.FindAll(which))
        {
            _core.Requests.Cancel(request);
        }
    }
}
