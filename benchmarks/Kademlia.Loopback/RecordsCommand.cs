namespace Kademlia.Loopback;

/// <summary>Puts and gets among a hundred nodes in this process, one after the other.</summary>
/// <remarks>
/// Twice, in two networks: in the first, while the code is being compiled, memory is measured; in the second, times.
/// </remarks>
internal static class RecordsCommand
{
    private const int Nodes = 100;
    private const int Records = 200;
    private const double PutGoal = 1;
    private const double GetGoal = 0.3;
    private const double MemoryGoal = 100_000;

    /// <summary>After so long nothing is under way any more: a start and a request take at most 5 s.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(6);

    /// <summary>Measures, prints, and says whether the goals were reached.</summary>
    public static async Task<bool> RunAsync(TextWriter output)
    {
        GoalSheet sheet = new(output);
        await MeasureMemoryAsync(sheet);
        await MeasureTimesAsync(sheet);
        return sheet.IsReached;
    }

    private static async Task MeasureMemoryAsync(GoalSheet sheet)
    {
        long empty = LiveHeap.Measure();
        await using LocalNetwork network = await LocalNetwork.StartAsync(Nodes);
        double atOnce = MemorySince(empty);
        await Task.Delay(Settling);
        double idle = MemorySince(empty);
        await PutContentAsync(network);
        await Task.Delay(Settling);
        double holding = MemorySince(empty);
        sheet.Note("managed bytes a node, as soon as all have started", atOnce, "{0:N0}");
        sheet.Note("managed bytes a node, idle", idle, "{0:N0}");
        sheet.AtMost("managed bytes a node, holding the content records", holding, MemoryGoal, "{0:N0}");
        sheet.Note("resident bytes of the whole process, a node", (double)Environment.WorkingSet / Nodes, "{0:N0}");
        await PutOwnerAsync(network);
    }

    private static async Task MeasureTimesAsync(GoalSheet sheet)
    {
        await using LocalNetwork network = await LocalNetwork.StartAsync(Nodes);
        Write(sheet, "content", await PutContentAsync(network));
        Write(sheet, "signed", await PutOwnerAsync(network));
    }

    private static Task<RecordRun> PutContentAsync(LocalNetwork network) =>
        RecordRun.MeasureAsync(network, Records, (node, _, value) => node.PutContentAsync(value));

    private static Task<RecordRun> PutOwnerAsync(LocalNetwork network) =>
        RecordRun.MeasureAsync(network, Records, (node, name, value) => node.PutAsync(name, value));

    private static double MemorySince(long before) => (double)(LiveHeap.Measure() - before) / Nodes;

    private static void Write(GoalSheet sheet, string kind, RecordRun run)
    {
        sheet.AtLeast($"{kind} records stored on every node wanted", run.Stored, Records, "{0:0}");
        sheet.AtLeast($"{kind} records found", run.Found, Records, "{0:0}");
        sheet.AtMost($"{kind} put p50", run.Puts.Percentile(0.50).TotalMilliseconds, PutGoal, "{0:0.00} ms");
        sheet.Note($"{kind} put p99", run.Puts.Percentile(0.99).TotalMilliseconds, "{0:0.00} ms");
        sheet.AtMost($"{kind} get p50", run.Gets.Percentile(0.50).TotalMilliseconds, GetGoal, "{0:0.00} ms");
        sheet.Note($"{kind} get p99", run.Gets.Percentile(0.99).TotalMilliseconds, "{0:0.00} ms");
    }
}
