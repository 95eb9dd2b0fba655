using Kademlia.Messages;
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
    /// Ceases to serve, for good (leaving) or for a time (client): offers the nearest neighbours what they should hold without us,
    /// then shows all of them the flag, who look after our place at once.
    /// </summary>
    public async CoreTask CeaseAsync(SenderFlags reason, CancelScope scope)
    {
        Contact[] neighbours = [.. core.Overlays.SelectMany(Neighbours)];
        await WithinLeaveTimeAsync([.. neighbours.Take(Replication.MaxUnderWay).Select(core.Replication.BequeathAsync)]);
        scope.ThrowIfCancelled();
        core.OwnFlags |= reason;
        await WithinLeaveTimeAsync([.. neighbours.Select(n => PingAsync(n, attempts: 2, scope))]);
        scope.ThrowIfCancelled();
    }

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
