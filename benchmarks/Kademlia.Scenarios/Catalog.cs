using Kademlia.Scenarios.Scenarios;

namespace Kademlia.Scenarios;

/// <summary>All scenarios, in the order in which they are told.</summary>
internal static class Catalog
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new Recall(),
        new Scale(),
        new Latencies(),
        new MassFailure(),
        new Repair(),
        .. Churning.All,
        new Week(),
        new Lossy(),
        new Partition(),
        new RestartStorm(),
        new ColdStart(),
        new Speed(),
    ];
}
