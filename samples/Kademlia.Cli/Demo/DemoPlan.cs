namespace Kademlia.Cli.Demo;

/// <summary>What a demo does, drawn beforehand from one seed: who stores what, who is stopped, who reads.</summary>
/// <remarks>The nodes' ids are fresh each time.</remarks>
internal sealed class DemoPlan
{
    private const int ValueLength = 100;

    public DemoPlan(int nodes, int records, int seed)
    {
        Random random = new(seed);
        int[] order = [.. Enumerable.Range(0, nodes)];
        random.Shuffle(order);
        int[] survivors = order[(nodes / 2)..];

        Seed = seed;
        NodeCount = nodes;
        Stopped = order[..(nodes / 2)];
        Records = [.. Enumerable.Range(0, records).Select(i => DrawRecord(random, i, nodes, survivors))];
    }

    public int Seed { get; }

    public int NodeCount { get; }

    /// <summary>The nodes to be stopped: every second one.</summary>
    public IReadOnlyList<int> Stopped { get; }

    public IReadOnlyList<DemoRecord> Records { get; }

    private static DemoRecord DrawRecord(Random random, int index, int nodes, int[] survivors)
    {
        byte[] value = new byte[ValueLength];
        random.NextBytes(value);
        return new DemoRecord($"record {index}", value, random.Next(nodes), survivors[random.Next(survivors.Length)]);
    }
}
