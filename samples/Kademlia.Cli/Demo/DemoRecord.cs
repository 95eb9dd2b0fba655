namespace Kademlia.Cli.Demo;

/// <summary>One record of the demo, the node that stores it and the survivor that reads it.</summary>
internal sealed record DemoRecord(string Name, byte[] Value, int Writer, int Reader);
