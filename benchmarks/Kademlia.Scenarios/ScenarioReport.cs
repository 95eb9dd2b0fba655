using System.Reflection;
using System.Text.Json.Serialization;

namespace Kademlia.Scenarios;

/// <summary>What a run leaves for programs.</summary>
internal sealed record ScenarioReport(string Name, int Seed, int Nodes, string Commit, IReadOnlyList<Goal> Goals)
{
    /// <summary>The commit that this program was built from; empty when it was built from no repository.</summary>
    public static string CommitOfThisProgram { get; } = CommitIn(
        typeof(ScenarioReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "");

    private static string CommitIn(string version) => version.Contains('+', StringComparison.Ordinal) ? version.Split('+')[1] : "";
}

/// <summary>How reports are written, known when the program is built.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ScenarioReport))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
