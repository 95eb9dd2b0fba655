using Kademlia.Records;
using Kademlia.Simulation;

namespace Kademlia.Scenarios;

/// <summary>Looks into all nodes at once, as nobody could outside.</summary>
internal static class Census
{
    /// <summary>How many living nodes hold a record under each key.</summary>
    public static Dictionary<RecordKey, int> Holders(VirtualNetwork network)
    {
        Dictionary<RecordKey, int> holders = [];
        foreach (KademliaNode node in network.Nodes)
        {
            foreach (RecordEntry entry in node.Core.Holding.Index.ClosestFirst)
            {
                holders[entry.Head.Key] = holders.GetValueOrDefault(entry.Head.Key) + 1;
            }
        }

        return holders;
    }

    /// <summary>Which part of all contacts in tables is of nodes that do not run.</summary>
    public static double StaleContacts(VirtualNetwork network)
    {
        HashSet<Contact> living = [.. network.Nodes.Select(n => new Contact(n.Id, n.LocalEndPoints[0]))];
        int all = 0;
        int stale = 0;
        foreach (KademliaNode node in network.Nodes)
        {
            IReadOnlyList<Contact> contacts = node.Contacts;
            all += contacts.Count;
            stale += contacts.Count(c => !living.Contains(c));
        }

        return (double)stale / Math.Max(all, 1);
    }
}
