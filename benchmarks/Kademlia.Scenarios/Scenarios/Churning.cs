using Kademlia.Messages;
using Kademlia.Scenarios.Pictures;
using Kademlia.Simulation;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>A day of nodes that come and go as people's computers do.</summary>
internal sealed class Churning(string name, string description, params Churning.Case[] cases) : Scenario(name, description, 2_000)
{
    private const int RecordsPerNode = 10;
    private const int Gets = 10_000;
    private const double UpkeepGoal = 200;

    private static readonly TimeSpan CensusInterval = TimeSpan.FromMinutes(15);

    private static readonly Case Hour = new(60, 0.9999);
    private static readonly Case Third = new(20, 0.999);
    private static readonly Case Twelfth = new(5, 0.99);

    /// <summary>All of it, and each part as a run of its own.</summary>
    public static IEnumerable<Scenario> All { get; } =
    [
        new Churning("churn", "24 h of Weibull sessions with medians of 60, 20 and 5 min; every node publishes 10 records.", Hour, Third, Twelfth),
        .. new[] { Hour, Third, Twelfth }.Select(c => new Churning($"churn-{c.Median}", $"The part of churn with a median of {c.Median} min.", c)),
    ];

    public override int DefaultHours => 24;

    public override bool HasPicture => true;

    public override void Run(Trial trial)
    {
        List<Series> survival = [];
        foreach (Case each in cases)
        {
            trial.Run(network => LiveAsync(trial, network, each, survival));
        }

        trial.Remark("Upkeep is everything on the wire but gets: the joining of newcomers and the puts of their records are in it.");
        trial.Picture = new Chart(
            "Records of living publishers that somebody holds", new Axis("hours", Least: 0), new Axis("%", Most: 100), survival);
    }

    private static async Task LiveAsync(Trial trial, VirtualNetwork network, Case each, List<Series> survival)
    {
        await trial.StartNodesAsync(network);
        trial.Progress.Begin("publishing");
        Publishers publishers = new(network, RecordsPerNode);
        await publishers.PublishAsync();
        KindMeter meter = new(network.Nodes[0].Core.Codec);
        PurposeMeter purposes = new(network);
        network.Links.Add(meter);
        network.Links.Add(purposes);
        Churn churn = Churn.Start(network, new WeibullSessions(TimeSpan.FromMinutes(each.Median)), options: trial.Options);
        string name = $"median {each.Median} min";
        List<(double Hour, double Percent)> held = [];
        GetResult[] results = await LiveAsync(trial, network, publishers, name, held);
        Trial.MustHaveHappened($"churn, {name}", churn.Ended);
        trial.Note($"{name}: nodes that ended", churn.Ended);
        trial.AtLeast($"{name}: gets that found", Traffic.PartFound(results), each.Goal);
        Report(trial, network, publishers, meter, name, isJudged: each == Hour);
        purposes.Note(trial, name, trial.Time);
        survival.Add(new Series(name, held, IsStep: true));
    }

    /// <summary>Reads all day long, has newcomers publish, and counts now and then what is still held.</summary>
    private static async Task<GetResult[]> LiveAsync(
        Trial trial, VirtualNetwork network, Publishers publishers, string name, List<(double Hour, double Percent)> held)
    {
        trial.Progress.Begin(name, Gets);
        TimeSpan begun = network.Now;
        TimeSpan nextCensus = begun;
        GetResult?[] results = await trial.RepeatAsync(network, Gets, trial.Time / Gets, _ =>
        {
            publishers.Publish();
            if (network.Now >= nextCensus)
            {
                nextCensus += CensusInterval;
                held.Add(((network.Now - begun).TotalHours, 100 * PartHeld(network, publishers)));
            }

            return publishers.GetAsync();
        });
        return [.. results.OfType<GetResult>()];
    }

    private static void Report(Trial trial, VirtualNetwork network, Publishers publishers, KindMeter meter, string name, bool isJudged)
    {
        double lost = Math.Round((1 - PartHeld(network, publishers)) * publishers.Promises.Count);
        double PerNodeAndSecond(long bytes) => bytes / network.Nodes.Count / trial.Time.TotalSeconds;
        double upkeep = meter.Bytes.Where(b => b.Key != MessageKind.FindValue).Sum(b => PerNodeAndSecond(b.Value));
        if (isJudged)
        {
            trial.AtMost($"{name}: records of living publishers that nobody holds", lost, 0);
            trial.AtMost($"{name}: upkeep", upkeep, UpkeepGoal, "B/node/s");
        }
        else
        {
            trial.Note($"{name}: records of living publishers that nobody holds", lost);
            trial.Note($"{name}: upkeep", upkeep, "B/node/s");
        }

        foreach ((MessageKind kind, long bytes) in meter.Bytes)
        {
            trial.Note($"{name}: of it {kind}", PerNodeAndSecond(bytes), "B/node/s");
        }
    }

    private static double PartHeld(VirtualNetwork network, Publishers publishers)
    {
        Dictionary<RecordKey, int> holders = Census.Holders(network);
        IReadOnlyList<PutReceipt> promises = publishers.Promises;
        return promises.Count(p => holders.ContainsKey(p.Key)) / (double)Math.Max(promises.Count, 1);
    }

    internal readonly record struct Case(double Median, double Goal);
}
