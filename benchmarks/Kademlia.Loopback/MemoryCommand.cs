using System.Net;
using Kademlia.Routing;

namespace Kademlia.Loopback;

/// <summary>What a routing table and an idle node take of the managed heap, each the mean over several; and what many records take.</summary>
internal static class MemoryCommand
{
    private const int Copies = 32;
    private const double KiB = 1024;
    private const double TableGoal = 64;
    private const double NodeGoal = 100;

    /// <summary>20 prefixes with 20 contacts each: what a node comes to know in a network of ten million.</summary>
    private const int TablePrefixes = 20;

    /// <summary>5 prefixes with 20 contacts each.</summary>
    private const int NodePrefixes = 5;

    /// <summary>Measures, prints, and says whether the goals were reached.</summary>
    public static async Task<bool> RunAsync(TextWriter output)
    {
        GoalSheet sheet = new(output);
        sheet.AtMost("table with 400 contacts", MeasureTable(withReplacements: false), TableGoal, "{0:0.0} KiB");
        sheet.AtMost("the same with full replacement caches", MeasureTable(withReplacements: true), TableGoal, "{0:0.0} KiB");
        await MeasureNodesAsync(sheet);
        RecordMemory.Measure(sheet);
        return sheet.IsReached;
    }

    /// <summary>No node stops before all are measured: what it leaves behind would be missing from the next figure.</summary>
    private static async Task MeasureNodesAsync(GoalSheet sheet)
    {
        List<KademliaNode> nodes = [];
        await MeasureNodeAsync(nodes, IPAddress.Loopback, IPAddress.IPv6Loopback); // Once for what the first nodes set up for all.
        double oneFamily = await MeasureNodeAsync(nodes, IPAddress.Loopback);
        double bothFamilies = await MeasureNodeAsync(nodes, IPAddress.Loopback, IPAddress.IPv6Loopback);
        sheet.AtMost("idle node with 100 contacts, IPv4", oneFamily, NodeGoal, "{0:0.0} KiB");
        sheet.AtMost("idle node with 100 contacts, IPv4 and IPv6", bothFamilies, NodeGoal, "{0:0.0} KiB");
        nodes.ForEach(NodeInsides.EmptyTable);
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
    }

    private static double MeasureTable(bool withReplacements)
    {
        RoutingTable[] tables = new RoutingTable[Copies];
        RoutingTableOptions options = new();
        long before = LiveHeap.Measure();
        for (int i = 0; i < Copies; i++)
        {
            tables[i] = new RoutingTable(NodeId.Random(new Random(i)), options);
            TableFiller.Fill(tables[i], TablePrefixes, withReplacements);
        }

        double each = (LiveHeap.Measure() - before) / KiB / Copies;
        GC.KeepAlive(tables);
        return each;
    }

    private static async Task<double> MeasureNodeAsync(List<KademliaNode> nodes, params IPAddress[] addresses)
    {
        long before = LiveHeap.Measure();
        for (int i = 0; i < Copies; i++)
        {
            KademliaNode node = await LocalNetwork.StartNodeAsync(addresses);
            NodeInsides.FillTable(node, NodePrefixes);
            nodes.Add(node);
        }

        return (LiveHeap.Measure() - before) / KiB / Copies;
    }
}
