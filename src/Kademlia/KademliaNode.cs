namespace Kademlia;

/// <summary>A node of the overlay.</summary>
public sealed class KademliaNode;
