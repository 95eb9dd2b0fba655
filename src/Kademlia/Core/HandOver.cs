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

    /// <summary>So many records are looked at in one turn.</summary>
    private const int RecordsPerTurn = 256;

    private static readonly TimeSpan BudgetPeriod = TimeSpan.FromMinutes(1);

    private TimeSpan _periodEnds;
    private int _spent;

    /// <summary>Serves a contact that entered the table, if it is near enough to hold anything of ours, until it stops answering.</summary>
    public async CoreTask ServeAsync(Contact newcomer)
    {
        RoutingTable table = core.OverlayOf(newcomer.EndPoint)!.Table;
        Contact[] closest = new Contact[2 * core.Options.BucketSize];
        if (!closest.AsSpan(0, table.FindClosest(core.Id, closest)).Contains(newcomer))
        {
            return;
        }

        RecordEntry[] entries = [.. core.Holding.Index.ClosestFirst];
        for (int i = 0; i < entries.Length; i++)
        {
            if (i % RecordsPerTurn == RecordsPerTurn - 1)
            {
                await core.Delay(TimeSpan.Zero, core.Lifetime);
            }

            if (IsOurs(entries[i], newcomer, table, closest)
                && core.Read(entries[i].Key, entries[i].Writer) is Record record
                && !await GiveAsync(record, newcomer))
            {
                return;
            }
        }
    }

    /// <summary>Whether the newcomer is one of the k closest to the record, and we are the nearest of the others.</summary>
    private bool IsOurs(RecordEntry entry, Contact newcomer, RoutingTable table, Contact[] buffer)
    {
        Span<Contact> closest = buffer.AsSpan(0, core.Options.BucketSize);
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

    private async CoreTask<bool> GiveAsync(Record record, Contact newcomer)
    {
        await SpendAsync(record.Value.Length + Codec.MinRequestLength);
        StoreOut store = new(core, newcomer, record, StorePurpose.Replica, StoreRequest.Unconditional, core.Lifetime) { IsSlowWork = true };
        return await store.Send() is not null;
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
