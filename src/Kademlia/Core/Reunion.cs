using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>Brings islands of one network together again: a node that knows others still looks at its bootstrap endpoints now and then.</summary>
/// <remarks>
/// <para>Who is alone joins (<see cref="Upkeep"/>). But after a broken cable, or a bootstrap node that was started anew, each side may
/// have members and refer to its own alone; nothing in an island points out of it but the bootstrap endpoints.</para>
/// <para>The rule: once in an <see cref="Interval"/>, jittered, each node draws, and with a probability of k to the network's size, as
/// it estimates it, it looks: it pings those of its bootstrap endpoints that are not in its table, at most
/// <see cref="MaxEndPoints"/>. From one that answers and proves its id it walks to its own id, beginning there and not at its own
/// table, since what its island knows is nearer and would be the end of the walk. So a bootstrap endpoint hears some k pings an
/// interval from all the network, however large that is, and of every island some k nodes look. Whom they meet near their ids
/// enters their tables, and the lookups and refreshes of all others pass there.</para>
/// <para>Faster than that, after a broken cable, are contacts that were lost to it: the last <see cref="MaxLost"/> that left the table
/// because they failed are remembered, and one of them is pinged every <see cref="LostInterval"/>. One that answers again is where the walk begins, all
/// the others are asked to come back, and replication compares with neighbours at once, however short their acquaintance.</para>
/// </remarks>
internal sealed class Reunion(NodeCore core)
{
    /// <summary>How often a node considers to look.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    /// <summary>So many endpoints are pinged at one look, drawn anew each time.</summary>
    public const int MaxEndPoints = 8;

    /// <summary>So many lost contacts are remembered, the newest.</summary>
    public const int MaxLost = 64;

    /// <summary>How often one of them is pinged.</summary>
    public static readonly TimeSpan LostInterval = TimeSpan.FromMinutes(3);

    private readonly Queue<Contact> _lost = new();

    /// <summary>A contact left the table because it failed.</summary>
    public void OnLost(Contact contact)
    {
        if (_lost.Count == MaxLost)
        {
            _lost.Dequeue();
        }

        _lost.Enqueue(contact);
    }

    /// <summary>Pings lost contacts, one after the other and again, until the node stops.</summary>
    public async CoreTask RunForLostAsync()
    {
        while (true)
        {
            await core.Delay(core.Jitter(LostInterval), core.Lifetime);
            if (_lost.TryDequeue(out Contact contact))
            {
                await TryAsync(contact);
            }
        }
    }

    /// <summary>Looks now and then until the node stops.</summary>
    public async CoreTask RunAsync()
    {
        while (true)
        {
            await core.Delay(core.Jitter(Interval), core.Lifetime);
            Overlay[] looking = [.. core.Overlays.Where(IsDrawn)];
            if (looking.Length > 0)
            {
                await LookAsync(looking);
            }
        }
    }

    private async CoreTask TryAsync(Contact contact)
    {
        Overlay overlay = core.OverlayOf(contact.EndPoint)!;
        if (overlay.Table.Contains(contact))
        {
            return; // It came back by itself.
        }

        if (!await VisitAsync(overlay, contact.EndPoint))
        {
            OnLost(contact);
            return;
        }

        core.Upkeep.OnReunion();
        core.Replication.OnReunion();
        while (_lost.TryDequeue(out Contact other))
        {
            core.Newcomers.Consider(other);
        }
    }

    private bool IsDrawn(Overlay overlay) => core.Random.NextDouble() * overlay.EstimatedSize < core.Options.BucketSize;

    private async CoreTask LookAsync(Overlay[] overlays)
    {
        ResolveEffect bootstrap = await core.Perform(new ResolveEffect());
        OwnEndPoints.Snapshot own = core.OwnEndPoints.Take();
        PeerEndPoint[] endPoints = [.. bootstrap.EndPoints.Distinct().Where(e => !own.Contains(e))];
        core.Random.Shuffle(endPoints);
        foreach (PeerEndPoint endPoint in endPoints.Take(MaxEndPoints))
        {
            Overlay? overlay = Array.Find(overlays, o => o.IsIPv4 == endPoint.IsIPv4);
            if (overlay?.Table.TryGetByEndPoint(endPoint, out _) == false)
            {
                await VisitAsync(overlay, endPoint);
            }
        }
    }

    private async CoreTask<bool> VisitAsync(Overlay overlay, PeerEndPoint endPoint)
    {
        Pong? pong = await new PingOut(core, new Contact(default, endPoint), core.LifetimeFor(Purpose.Joining)).Send();
        bool admitted = pong is not null && await core.Newcomers.AdmitAsync(pong.Contact, isHearsay: false);
        if (admitted)
        {
            FindNodeQuestion question = new(core, core.Id, AddressFamilies.None, core.Options.LookupAttempts);
            await new Walk(core, overlay, core.Id, question, core.LifetimeFor(Purpose.Joining)).StartFrom(pong!.Contact);
        }

        return admitted;
    }
}
