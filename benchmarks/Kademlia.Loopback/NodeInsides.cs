using System.Runtime.CompilerServices;
using Kademlia.Routing;

namespace Kademlia.Loopback;

/// <summary>The way to a node's table, which nobody but a measurement fills by hand.</summary>
internal static class NodeInsides
{
    /// <summary>Fills the first table of a node; for what is measured at once, before the node looks after its contacts.</summary>
    public static void FillTable(KademliaNode node, int prefixes) => Host(node).Read(core =>
    {
        TableFiller.Fill(core.Overlays[0].Table, prefixes, withReplacements: false);
        return true;
    });

    /// <summary>Empties it again, so that nobody says goodbye to contacts that do not exist.</summary>
    public static void EmptyTable(KademliaNode node) => Host(node).Read(core =>
    {
        RoutingTable table = core.Overlays[0].Table;
        return table.ToArray().All(table.Remove);
    });

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_host")]
    private static extern ref NodeHost Host(KademliaNode node);
}
