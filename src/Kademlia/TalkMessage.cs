namespace Kademlia;

/// <summary>A message of the application, from another node.</summary>
/// <param name="From">Who sent it: the address is proven, the id is a claim.</param>
/// <param name="Protocol">The protocol that it was sent to.</param>
/// <param name="Payload">What it says.</param>
public readonly record struct TalkMessage(Contact From, string Protocol, ReadOnlyMemory<byte> Payload);
