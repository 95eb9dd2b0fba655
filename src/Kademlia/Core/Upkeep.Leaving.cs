using Kademlia.Routing;

namespace Kademlia.Core;

/// <content>How a node leaves, and what becomes of one that says so.</content>
internal sealed partial class Upkeep
{
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(1);

    private readonly HashSet<Contact> _leaving = [];

    /// <summary>A node says that it is about to stop, or that it serves nobody now. It is asked, for only its own silence removes it.</summary>
    public void OnLeaving(Contact contact)
    {
        if (core.OverlayOf(contact.EndPoint) is Overlay overlay
            && overlay.Table.Contains(contact)
            && _leaving.Add(contact))
        {
            core.RunDetached(CheckLeavingAsync(contact, overlay.Table));
        }
    }

    /// <summary>
    /// Ceases to serve, for good or for a time: offers the nearest neighbours what they should hold without us,
    /// then shows all of them our flags, who look after our place at once.
    /// </summary>
    /// <param name="overlays">Where.</param>
    /// <param name="cease">Sets what the flags show.</param>
    /// <param name="scope">Ends it.</param>
    public async CoreTask CeaseAsync(Overlay[] overlays, Action cease, CancelScope scope)
    {
        Contact[] neighbours = [.. overlays.SelectMany(o => Nearest(o, core.Options.BucketSize))];
        await WithinLeaveTimeAsync([.. neighbours.Take(Replication.MaxUnderWay).Select(core.Replication.BequeathAsync)]);
        scope.ThrowIfCancelled();
        cease();
        await WithinLeaveTimeAsync([.. neighbours.Select(n => PingAsync(n, attempts: 2, scope))]);
        scope.ThrowIfCancelled();
    }

    /// <summary>Leaves the network.</summary>
    public CoreTask LeaveAsync(CancelScope scope) => CeaseAsync(core.Overlays, () => core.IsLeaving = true, scope);

    private async CoreTask WithinLeaveTimeAsync(List<CoreTask> work)
    {
        CorePromise<bool> done = new(core.Ready);
        core.RunDetached(WhenAllAsync(work, done));
        using CoreDeadline deadline = new(core, LeaveTime, () => done.Keep(false));
        await done;
    }

    private static async CoreTask WhenAllAsync(List<CoreTask> tasks, CorePromise<bool> done)
    {
        try
        {
            await CoreTask.WhenAll(tasks);
        }
        finally
        {
            done.Keep(true);
        }
    }

    private async CoreTask CheckLeavingAsync(Contact contact, RoutingTable table)
    {
        await core.Delay(core.Jitter(LeaveTime), core.Lifetime);
        if (await new PingOut(core, contact, core.LifetimeFor(Purpose.Pings)) { MaxAttempts = 2 }.Send() is null)
        {
            table.Remove(contact);
            OnGone(contact);
        }

        _leaving.Remove(contact);
    }
}
