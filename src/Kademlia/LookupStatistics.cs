namespace Kademlia;

/// <summary>What an operation cost.</summary>
/// <param name="Hops">How many replies stood between this node's own table and the first contact that ended in the result.</param>
/// <param name="Sent">Datagrams sent, retransmissions among them.</param>
/// <param name="Received">Replies received.</param>
/// <param name="Failed">Contacts that did not answer.</param>
/// <param name="Elapsed">How long it took.</param>
public readonly record struct LookupStatistics(int Hops, int Sent, int Received, int Failed, TimeSpan Elapsed);
