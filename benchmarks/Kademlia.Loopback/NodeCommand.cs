namespace Kademlia.Loopback;

/// <summary>How many find_node requests a node serves, beside an echo handler on the same transport with the same packet sizes in the same run.</summary>
internal static class NodeCommand
{
    private const double LeastShare = 0.85;

    /// <summary>The nodes around have their clocks to look at, which takes a fraction of a byte for each request. One allocation for each request would take 24 or more.</summary>
    private const double MostAllocated = 0.5;

    /// <summary>Measures, prints, and says whether the goals were reached.</summary>
    public static async Task<bool> RunAsync(LoadSettings settings, TextWriter output)
    {
        await using LocalNetwork network = await LocalNetwork.StartAsync(1 + settings.Peers);
        NodeContender node = new(network[0]);
        using EchoContender echo = new(node.RequestLength, node.ReplyLength);
        output.WriteLine(
            $"find_node of {node.RequestLength} B with a token, replies of {node.ReplyLength} B with 20 contacts, window {settings.Window}; "
            + $"the node knows {network[0].Info.Contacts} of {settings.Peers} peers");
        Summary served = Comparison.Run([echo, node], settings, output)[1];

        output.WriteLine();
        GoalSheet sheet = new(output);
        sheet.AtLeast("requests a second, node to echo", served.PerSecondRatio, LeastShare, "{0:0.000}");
        sheet.Note("requests a second of processor time, node to echo", served.CpuRatio, "{0:0.000}");
        sheet.AtMost("bytes allocated for each request", served.Allocated, MostAllocated, "{0:0.00}");
        return sheet.IsReached;
    }
}
