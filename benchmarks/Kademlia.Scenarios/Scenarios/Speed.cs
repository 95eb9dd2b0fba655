using System.Diagnostics;
using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>How fast the simulation itself is: the only scenario that looks at the real clock.</summary>
internal sealed class Speed() : Scenario("speed", "How fast and how large the simulation is: joining, then ten lookups a second beside the upkeep.", 1_000)
{
    private const double MillisecondsPerJoinGoal = 12;
    private const double DatagramsGoal = 300_000;
    private const double FasterThanTimeGoal = 100;
    private const int LookupsPerSecond = 10;
    private const int Lookups = 6_000;
    private const int BurstLookups = 20_000;
    private const double KibibytesGoal = 4.0 * 1024 * 1024 / 10_000;

    private static readonly TimeSpan BurstInterval = TimeSpan.FromMilliseconds(1);

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        long empty = GC.GetTotalMemory(forceFullCollection: true);
        Lap joining = await Lap.MeasureAsync(network, () => trial.StartNodesAsync(network));
        trial.AtMost("joining, a node", joining.Real.TotalMilliseconds / trial.Nodes, MillisecondsPerJoinGoal, "ms");
        Note(trial, "joining", joining);
        trial.AtMost("managed memory, a node", (GC.GetTotalMemory(forceFullCollection: true) - empty) / 1024.0 / trial.Nodes, KibibytesGoal, "KiB");

        Lap steady = await Lap.MeasureAsync(
            network, () => LookUpAsync(trial, network, $"{LookupsPerSecond} lookups a second", Lookups, TimeSpan.FromSeconds(1.0 / LookupsPerSecond)));
        trial.AtLeast($"{LookupsPerSecond} lookups a second: times faster than real time", steady.Virtual / steady.Real, FasterThanTimeGoal);
        Note(trial, $"{LookupsPerSecond} lookups a second", steady);

        Lap burst = await Lap.MeasureAsync(network, () => LookUpAsync(trial, network, "lookups alone", BurstLookups, BurstInterval));
        trial.AtLeast("lookups alone: datagrams delivered", burst.Datagrams / burst.Real.TotalSeconds, DatagramsGoal, "1/s");
        Note(trial, "lookups alone", burst);
    });

    private static Task<IReadOnlyList<Contact>[]> LookUpAsync(Trial trial, VirtualNetwork network, string phase, int count, TimeSpan interval)
    {
        trial.Progress.Begin(phase, count);
        return trial.RepeatAsync(network, count, interval, _ => network.RandomNode().FindClosestAsync(NodeId.Random(network.Random)));
    }

    private static void Note(Trial trial, string phase, Lap lap)
    {
        trial.Note($"{phase}: datagrams delivered a second", lap.Datagrams / lap.Real.TotalSeconds, "1/s");
        trial.Note($"{phase}: allocated for a datagram", (double)lap.Allocated / lap.Datagrams, "B");
    }

    /// <summary>What a part of the run took.</summary>
    private readonly record struct Lap(TimeSpan Real, TimeSpan Virtual, long Datagrams, long Allocated)
    {
        public static async Task<Lap> MeasureAsync(VirtualNetwork network, Func<Task> work)
        {
            long began = Stopwatch.GetTimestamp();
            (TimeSpan now, long delivered, long allocated) = (network.Now, network.Counters.Delivered, GC.GetTotalAllocatedBytes());
            await work();
            return new Lap(
                Stopwatch.GetElapsedTime(began), network.Now - now, network.Counters.Delivered - delivered, GC.GetTotalAllocatedBytes() - allocated);
        }
    }
}
