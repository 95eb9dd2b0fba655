namespace Kademlia.Scenarios;

/// <summary>A fault that a scenario switched on did nothing: whatever was measured was measured in fair weather.</summary>
internal sealed class FaultMissingException(string fault)
    : Exception($"The scenario switched on a fault that never happened: {fault}. Its figures mean nothing.");
