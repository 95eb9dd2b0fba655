using Kademlia.Scenarios.Pictures;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>The same network in three sizes, each ten times the one before.</summary>
internal sealed class Scale() : Scenario("scale", "Gets in networks of a hundredth, a tenth and all of the nodes: hops, and memory a node.", 100_000)
{
    private const int LeastNodes = 30;
    private const int Gets = 500;
    private const int GetsForTheMean = 2_000;
    private const double HopsGoal = 2.5;

    /// <summary>A hop halves the distance several times, so ten times as many nodes cost less than one.</summary>
    private const double GrowthGoal = 1.0;

    public override bool HasPicture => true;

    public override void Run(Trial trial)
    {
        int[] sizes = [.. new[] { trial.Nodes / 100, trial.Nodes / 10, trial.Nodes }.Where(n => n >= LeastNodes)];
        List<(double X, double Y)> means = [];
        List<(double X, double Y)> tails = [];
        foreach (int size in sizes)
        {
            Figures hops = Measure(trial, size);
            means.Add((size, hops.Mean));
            tails.Add((size, hops.Percentile(0.99)));
        }

        trial.AtMost($"hops of a get at {sizes[^1]:N0} nodes, mean", means[^1].Y, HopsGoal);
        double worst = means.Zip(means.Skip(1), (one, next) => next.Y - one.Y).DefaultIfEmpty().Max();
        trial.AtMost("hops that ten times the nodes add, at most", worst, GrowthGoal);
        trial.Picture = new Chart(
            "Hops of a get", new Axis("nodes", IsLogarithmic: true), new Axis("hops", Least: 0), [new Series("mean", means), new Series("99 of 100", tails)]);
    }

    private static Figures Measure(Trial trial, int size)
    {
        Figures hops = new([]);
        trial.Run(async network =>
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            await trial.StartNodesAsync(network, size);
            trial.Note($"managed memory a node at {size:N0}", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / size, "KiB");
            PutReceipt[] receipts = await Traffic.PutContentAsync(trial, network, Gets);
            GetResult[] results = await Traffic.GetAsync(trial, network, receipts, GetsForTheMean);
            hops = new Figures(results.Select(r => (double)r.Statistics.Hops));
            trial.Note($"hops of a get at {size:N0}, mean", hops.Mean);
            trial.AtLeast($"gets that found at {size:N0}", Traffic.PartFound(results), 1);
        });
        return hops;
    }
}
