namespace Kademlia;

/// <summary>What a node sent of its own accord since its start, by purpose: requests and their repetitions, not what callers ask for and no answers to others.</summary>
/// <param name="Joining">Joining, and looking for parts of the network that were lost.</param>
/// <param name="Admission">Checking newcomers before they enter the routing table.</param>
/// <param name="Pings">Checking that contacts are still there.</param>
/// <param name="Refresh">Lookups into ranges that none went into lately (section 2.3 of the paper).</param>
/// <param name="Digests">Comparing records with neighbours.</param>
/// <param name="Replicas">Giving neighbours the records that they lack.</param>
/// <param name="Republishing">Storing its own records again before they expire (section 2.5 of the paper).</param>
public readonly record struct UpkeepCounters(
    TrafficCounters Joining,
    TrafficCounters Admission,
    TrafficCounters Pings,
    TrafficCounters Refresh,
    TrafficCounters Digests,
    TrafficCounters Replicas,
    TrafficCounters Republishing);

/// <summary>How much was sent.</summary>
/// <param name="Sent">Datagrams.</param>
/// <param name="BytesSent">Their bytes.</param>
public readonly record struct TrafficCounters(long Sent, long BytesSent);
