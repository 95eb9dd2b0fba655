namespace Kademlia.Core;

/// <content>How the neighbours are looked after.</content>
internal sealed partial class Upkeep
{
    /// <summary>The k closest to ourselves are visited as often, one after the other, pinged or compared with; and the next k compared with, or left alone.</summary>
    public static readonly TimeSpan NeighbourInterval = TimeSpan.FromMinutes(10);

    /// <summary>After a neighbour has gone, so many of the others are visited at one look: 20 within a minute.</summary>
    private const int HurriedVisitsPerTick = 4;

    /// <summary>However many go, the others are visited in a hurry as often.</summary>
    private static readonly TimeSpan HurryInterval = TimeSpan.FromMinutes(5);

    private TimeSpan _nextNeighbourAt;
    private int _neighbour;
    private int _hurried;
    private TimeSpan _hurryAgainAt;

    /// <summary>Two parts of the network meet again: the neighbours are visited soon.</summary>
    public void OnReunion() => _hurried = core.Options.BucketSize;

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
            _hurried = core.Options.BucketSize;
            _hurryAgainAt = core.Now + HurryInterval;
        }
    }

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
        _nextNeighbourAt = isTime ? core.Now + (NeighbourInterval / core.Options.BucketSize) : _nextNeighbourAt;
        for (int visits = Math.Max(hurried, isTime ? 1 : 0); visits > 0; visits--)
        {
            VisitNext();
        }
    }

    /// <summary>One of the k nearest, and one of the next k.</summary>
    private void VisitNext()
    {
        foreach (Overlay overlay in core.Overlays)
        {
            Contact[] nearest = Nearest(overlay, Replication.Reach * core.Options.BucketSize);
            int near = Math.Min(nearest.Length, core.Options.BucketSize);
            int far = nearest.Length - near;
            if (near > 0)
            {
                core.RunDetached(core.Replication.VisitAsync(nearest[_neighbour % near]));
            }

            if (far > 0)
            {
                core.RunDetached(core.Replication.VisitFartherAsync(nearest[near + (_neighbour % far)]));
            }
        }

        _neighbour++;
    }
}
