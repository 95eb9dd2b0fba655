namespace Kademlia.Core;

/// <content>How the neighbours are looked after.</content>
internal sealed partial class Upkeep
{
    /// <summary>Each of the 2k closest to ourselves is visited as often, one after the other: pinged, or compared with.</summary>
    public static readonly TimeSpan NeighbourInterval = TimeSpan.FromMinutes(10);

    /// <summary>After a neighbour has gone, so many of the others are visited at one look: 40 within a minute.</summary>
    private const int HurriedVisitsPerTick = 8;

    /// <summary>However many go, the others are visited in a hurry as often.</summary>
    private static readonly TimeSpan HurryInterval = TimeSpan.FromMinutes(5);

    private TimeSpan _nextNeighbourAt;
    private int _neighbour;
    private int _hurried;
    private TimeSpan _hurryAgainAt;

    /// <summary>Two parts of the network meet again: the neighbours are visited soon.</summary>
    public void OnReunion() => _hurried = Round;

    /// <summary>A contact left a table because it failed: it may be behind a broken cable.</summary>
    public void OnLost(Contact contact)
    {
        core.Reunion.OnLost(contact);
        OnGone(contact);
    }

    /// <summary>A contact left a table. If it was a neighbour, the others may have to take its place at records: they are compared with soon.</summary>
    private void OnGone(Contact contact)
    {
        Contact[] neighbours = Nearest(core.OverlayOf(contact.EndPoint)!, core.Options.BucketSize);
        bool wasNeighbour = neighbours.Length < core.Options.BucketSize
            || (contact.Id ^ core.Id) < (neighbours[^1].Id ^ core.Id);
        if (wasNeighbour && core.Now >= _hurryAgainAt)
        {
            _hurried = Round;
            _hurryAgainAt = core.Now + HurryInterval;
        }
    }

    /// <summary>How many visits make a round; where few are known, each has several.</summary>
    private int Round => Math.Clamp(core.Overlays.Max(o => o.Table.Count), core.Options.BucketSize, Replication.Reach * core.Options.BucketSize);

    private Contact[] Nearest(Overlay overlay, int most)
    {
        Contact[] closest = new Contact[most];
        return closest[..overlay.Table.FindClosest(core.Id, closest)];
    }

    private void VisitNeighbours()
    {
        bool isTime = core.Now >= _nextNeighbourAt;
        int hurried = Math.Min(_hurried, HurriedVisitsPerTick);
        _hurried -= hurried;
        _nextNeighbourAt = isTime ? core.Now + (NeighbourInterval / Round) : _nextNeighbourAt;
        for (int visits = Math.Max(hurried, isTime ? 1 : 0); visits > 0; visits--)
        {
            VisitNext();
        }
    }

    private void VisitNext()
    {
        foreach (Overlay overlay in core.Overlays)
        {
            Contact[] nearest = Nearest(overlay, Round);
            if (nearest.Length > 0)
            {
                int rank = _neighbour % nearest.Length;
                core.RunDetached(rank < core.Options.BucketSize
                    ? core.Replication.VisitAsync(nearest[rank])
                    : core.Replication.VisitFartherAsync(nearest[rank]));
            }
        }

        _neighbour++;
    }
}
