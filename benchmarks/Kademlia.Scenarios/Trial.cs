using Kademlia.Scenarios.Pictures;
using Kademlia.Simulation;
using Kademlia.Simulation.Running;

namespace Kademlia.Scenarios;

/// <summary>One run of a scenario: what it was asked for, the means to make networks, and what was measured.</summary>
internal sealed class Trial(int nodes, int seed, int bucketSize, int hours, Progress progress)
{
    public const int ValueLength = 100;

    /// <summary>Networks of more are not joined one by one but warm-started.</summary>
    public const int MaxJoined = 20_000;

    private static readonly TimeSpan JoinInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private readonly List<Goal> _goals = [];
    private readonly List<string> _remarks = [];

    public int Nodes { get; } = nodes;

    public int Seed { get; } = seed;

    public int BucketSize { get; } = bucketSize;

    /// <summary>How long a scenario without an end of its own goes on.</summary>
    public TimeSpan Time { get; } = TimeSpan.FromHours(hours);

    public Progress Progress { get; } = progress;

    public IReadOnlyList<Goal> Goals => _goals;

    /// <summary>What else is to be known of the figures.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    public Chart? Picture { get; set; }

    public KademliaOptions Options => new() { BucketSize = BucketSize };

    /// <summary>Notes a figure that should not be less than its goal.</summary>
    public void AtLeast(string id, double measured, double goal, string unit = "") =>
        Add(new Goal(id, goal, measured, unit, measured >= goal) { Bound = "at least" });

    /// <summary>Notes a figure that should not be more than its goal.</summary>
    public void AtMost(string id, double measured, double goal, string unit = "") =>
        Add(new Goal(id, goal, measured, unit, measured <= goal) { Bound = "at most" });

    /// <summary>Notes a figure of which nothing is asked.</summary>
    public void Note(string id, double measured, string unit = "") => Add(new Goal(id, null, measured, unit, Met: true));

    public void Remark(string sentence) => _remarks.Add(sentence);

    /// <summary>A fault that was switched on must have happened.</summary>
    public static void MustHaveHappened(string fault, long times)
    {
        if (times <= 0)
        {
            throw new FaultMissingException(fault);
        }
    }

    /// <summary>Makes a network and runs some work in it.</summary>
    public void Run(Func<VirtualNetwork, Task> work)
    {
        VirtualNetwork network = new(Seed);
        Progress.Watch(network);
        network.Run(() => work(network));
    }

    /// <summary>Starts the network's nodes, one after the other; very many at once, from tables that one who knows all fills.</summary>
    public async Task StartNodesAsync(VirtualNetwork network, int? count = null)
    {
        int wanted = count ?? Nodes;
        if (wanted > MaxJoined)
        {
            Remark($"The network of {wanted:N0} nodes did not join: it was warm-started from tables filled by an oracle.");
            Progress.Begin("filling tables", wanted);
            await new WarmStart(network).StartNodesAsync(wanted, Options, Progress.Step);
            return;
        }

        Progress.Begin("joining", wanted);
        await RepeatAsync(network, wanted, JoinInterval, _ => network.StartNodeAsync(Options));
        Progress.Begin("settling");
        await network.DelayAsync(Settling);
    }

    /// <summary>Begins an operation again and again, and waits for all.</summary>
    public async Task<T[]> RepeatAsync<T>(VirtualNetwork network, int count, TimeSpan interval, Func<int, Task<T>> operation)
    {
        Task<T>[] operations = new Task<T>[count];
        for (int i = 0; i < count; i++)
        {
            operations[i] = StepAfterAsync(operation(i));
            await network.DelayAsync(interval);
        }

        return await Task.WhenAll(operations);
    }

    private void Add(Goal goal)
    {
        _goals.Add(goal);
        Progress.Found(goal);
    }

    private async Task<T> StepAfterAsync<T>(Task<T> operation)
    {
        T result = await operation;
        Progress.Step();
        return result;
    }
}
