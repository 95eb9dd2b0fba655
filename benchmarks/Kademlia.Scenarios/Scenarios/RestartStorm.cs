using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>All nodes restart within a second, as after a power failure or a bad update.</summary>
internal sealed class RestartStorm() : Scenario("restart-storm", "All nodes restart within one second, with their disks; traffic must calm down by itself.", 1_000)
{
    private const int Records = 500;
    private const int Minutes = 10;
    private const int GetsAt = 5;

    private const double StormGoal = 0.25;

    /// <summary>Where the storm is over within the first minute, nothing is left to fall but chance.</summary>
    private const double RestGoal = 1.05;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RestTime = TimeSpan.FromMinutes(10);

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        PutReceipt[] receipts = await Traffic.PutContentAsync(trial, network, Records);
        trial.Progress.Begin("resting");
        await network.DelayAsync(RestTime);
        long atRest = network.Counters.Sent;
        await network.DelayAsync(Minute);
        trial.Note("packets a minute before", network.Counters.Sent - atRest);
        await RestartAsync(trial, network);
        await CalmDownAsync(trial, network, receipts);
    });

    private static async Task RestartAsync(Trial trial, VirtualNetwork network)
    {
        VirtualMachine[] machines = [.. network.Nodes.Select(network.MachineOf)];
        int restarted = 0;
        foreach (VirtualMachine machine in machines)
        {
            network.World.At(network.Now + (TimeSpan.FromSeconds(1) * network.Random.NextDouble()), () => Restart(machine));
        }

        trial.Progress.Begin("restarting");
        await network.DelayAsync(TimeSpan.FromSeconds(1));
        Trial.MustHaveHappened("restarts", restarted);
        trial.Note("nodes that restarted", restarted);

        void Restart(VirtualMachine machine)
        {
            restarted++;
            _ = machine.RestartAsync();
        }
    }

    /// <summary>Counts packets minute by minute. Those of the gets are counted apart, for they are no upkeep.</summary>
    private static async Task CalmDownAsync(Trial trial, VirtualNetwork network, PutReceipt[] receipts)
    {
        double[] packets = new double[Minutes];
        for (int minute = 0; minute < Minutes; minute++)
        {
            trial.Progress.Begin($"minute {minute + 1}");
            long before = network.Counters.Sent;
            Task<GetResult[]>? gets = minute == GetsAt ? Traffic.GetAsync(trial, network, receipts, receipts.Length) : null;
            await network.DelayAsync(Minute);
            packets[minute] = network.Counters.Sent - before;
            if (gets is not null)
            {
                GetResult[] results = await gets;
                packets[minute] -= results.Sum(r => r.Statistics.Sent + r.Statistics.Received);
                trial.AtLeast("gets that found after 5 min", Traffic.PartFound(results), 0.99);
            }
        }

        trial.Note("packets in minute 1", packets[0]);
        trial.Note("packets in minute 2", packets[1]);
        trial.Note("packets in minute 10", packets[^1]);
        trial.AtMost("packets in minute 10 to those in minute 1", packets[^1] / packets[0], StormGoal);
        trial.AtMost("packets in minute 10 to those in minute 2", packets[^1] / packets[1], RestGoal);
    }
}
