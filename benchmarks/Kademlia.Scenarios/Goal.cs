using System.Text.Json.Serialization;

namespace Kademlia.Scenarios;

/// <summary>A figure beside what it should be.</summary>
/// <param name="Id">What was measured.</param>
/// <param name="Target">What it should be, null where nothing is asked of it.</param>
/// <param name="Measured">What it is.</param>
/// <param name="Unit">Of both; empty for a plain number.</param>
/// <param name="Met">Whether it is as it should be.</param>
internal sealed record Goal(
    string Id, [property: JsonPropertyName("goal")] double? Target, double Measured, string Unit, bool Met)
{
    /// <summary>How the target is meant, for people.</summary>
    [JsonIgnore]
    public string Bound { get; init; } = "";
}
