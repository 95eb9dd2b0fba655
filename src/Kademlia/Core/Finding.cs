using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>Finds nodes.</summary>
internal sealed class Finding(NodeCore core)
{
    /// <summary>Finds the k closest to a point in every overlay, the closest first.</summary>
    /// <param name="target">The point.</param>
    /// <param name="scope">Gives the search up.</param>
    /// <param name="isExact">Whether the slow are waited for until they are given up.</param>
    public async CoreTask<IReadOnlyList<Contact>> FindClosestAsync(NodeId target, CancelScope scope, bool isExact = true)
    {
        List<Walk> walks = [];
        List<CorePromise<bool>> ends = [];
        foreach (Overlay overlay in core.Overlays)
        {
            FindNodeQuestion question = new(core, target, AddressFamilies.None, core.Options.LookupAttempts);
            Walk walk = new(core, overlay, target, question, scope) { AsksOn = isExact };
            walks.Add(walk);
            ends.Add(walk.Start());
        }

        foreach (CorePromise<bool> end in ends)
        {
            await end;
        }

        foreach (Walk walk in walks)
        {
            await walk.WhenQuietAsync();
        }

        return [.. walks.SelectMany(w => w.Closest()).OrderBy(c => c.Id ^ target)];
    }

    /// <summary>Asks whether anybody answers at an endpoint.</summary>
    public async CoreTask<PingResult?> PingAsync(PeerEndPoint endPoint, CancelScope scope)
    {
        Pong? pong = await new PingOut(core, new Contact(default, endPoint), scope).Send();
        return pong is null ? null : new PingResult(pong.Contact, pong.RoundTrip, pong.Observed);
    }
}
