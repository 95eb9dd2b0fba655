using Kademlia.Scenarios.Pictures;

namespace Kademlia.Scenarios.Scenarios;

/// <summary>How long people wait, on links as long as the Internet's.</summary>
internal sealed class Latencies() : Scenario("latency", "Puts and gets on lognormal links with a median round trip of 150 ms.")
{
    private const int Operations = 1_000;

    public override bool HasPicture => true;

    public override void Run(Trial trial) => trial.Run(async network =>
    {
        await trial.StartNodesAsync(network);
        PutReceipt[] content = await Traffic.PutContentAsync(trial, network, Operations);
        PutReceipt[] owned = await Traffic.PutOwnedAsync(trial, network, Operations);
        GetResult[] contentGets = await Traffic.GetAsync(trial, network, content, Operations);
        GetResult[] ownerGets = await Traffic.GetAsync(trial, network, owned, Operations);
        Figures gets = Traffic.Milliseconds(contentGets);
        Figures owners = Traffic.Milliseconds(ownerGets);
        Figures puts = Traffic.Milliseconds(content.Concat(owned));
        trial.AtLeast("gets that found", Traffic.PartFound([.. contentGets, .. ownerGets]), 1);
        trial.AtMost("content get p50", gets.Median, 250, "ms");
        trial.AtMost("content get p99", gets.Percentile(0.99), 500, "ms");
        trial.Note("owner get p50", owners.Median, "ms");
        trial.Note("owner get p99", owners.Percentile(0.99), "ms");
        trial.AtMost("put p50", puts.Median, 1_400, "ms");
        trial.Note("put p99", puts.Percentile(0.99), "ms");
        trial.Picture = new Chart(
            "How long operations take, median round trip 150 ms",
            new Axis("ms", Least: 0, Most: Math.Max(puts.Percentile(0.99), 1)),
            new Axis("% that have ended", Least: 0, Most: 100),
            [Series.Cumulative("content get", gets), Series.Cumulative("owner get", owners), Series.Cumulative("put", puts)]);
    });
}
