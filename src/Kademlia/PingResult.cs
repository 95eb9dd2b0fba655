namespace Kademlia;

/// <summary>A node answered a ping.</summary>
/// <param name="Contact">Who answered, and where. The id is a claim: a ping proves the address alone.</param>
/// <param name="RoundTrip">How long it took, retransmissions included.</param>
/// <param name="Observed">Our own endpoint as that node saw it.</param>
public readonly record struct PingResult(Contact Contact, TimeSpan RoundTrip, PeerEndPoint Observed);
