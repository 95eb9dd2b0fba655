using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Gives a new neighbour the records that it should hold: once, by the nearest holder, within a byte budget.</summary>
internal sealed class HandOver(NodeCore core)
{
    /// <summary>What handing over may send in a minute.</summary>
    public const int BytesPerMinute = 64 * 1024;

    private static readonly TimeSpan BudgetPeriod = TimeSpan.FromMinutes(1);

    private TimeSpan _periodEnds;
    private int _spent;

    /// <summary>Serves a contact that entered the table.</summary>
    public async CoreTask ServeAsync(Contact newcomer)
    {
        foreach (RecordEntry entry in core.Holding.Index.ClosestFirst.ToArray())
        {
            if (IsOurs(entry, newcomer) && core.Read(entry.Key, entry.Writer) is Record record)
            {
                await SpendAsync(record.Value.Length + Codec.MinRequestLength);
                await new StoreOut(core, newcomer, record, StorePurpose.Replica, StoreRequest.Unconditional, core.Lifetime).Send();
            }
        }
    }

    /// <summary>Whether the newcomer is one of the k closest to the record, and we are the nearest of the others.</summary>
    private bool IsOurs(RecordEntry entry, Contact newcomer)
    {
        RoutingTable table = core.OverlayOf(newcomer.EndPoint)!.Table;
        Span<Contact> closest = new Contact[core.Options.BucketSize];
        closest = closest[..table.FindClosest(entry.Key.Hash, closest)];
        Distance own = core.Id ^ entry.Key.Hash;
        foreach (Contact contact in closest)
        {
            if (contact != newcomer && (contact.Id ^ entry.Key.Hash) < own)
            {
                return false;
            }
        }

        return closest.Contains(newcomer) && entry.Origin != RecordOrigin.Cache;
    }

    private async CoreTask SpendAsync(int bytes)
    {
        if (core.Now >= _periodEnds)
        {
            _periodEnds = core.Now + BudgetPeriod;
            _spent = 0;
        }

        _spent += bytes;
        if (_spent > BytesPerMinute)
        {
            await core.Delay(_periodEnds - core.Now, core.Lifetime);
        }
    }
}
