namespace Kademlia.Records;

/// <summary>What a node knows of itself from before its start.</summary>
/// <param name="Contacts">Whom it knew. They are asked before they enter a table.</param>
/// <param name="Own">What it wrote, in an order that follows from the contents.</param>
public sealed record NodeState(IReadOnlyList<Contact> Contacts, IReadOnlyList<OwnRecordState> Own);
