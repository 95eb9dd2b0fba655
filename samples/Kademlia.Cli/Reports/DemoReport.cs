namespace Kademlia.Cli.Reports;

/// <summary>What <c>kad demo --json</c> prints. Lost are records that some node acknowledged and no survivor's get brought back.</summary>
internal sealed record DemoReport(
    int Nodes,
    int Stopped,
    int Records,
    int Acknowledged,
    int Found,
    int Lost,
    int Seed,
    OperationReport Put,
    OperationReport Get,
    double ElapsedSeconds);
