namespace Kademlia.Loopback;

/// <summary>What a flood brought.</summary>
/// <param name="Replies">How many replies came.</param>
/// <param name="Lost">How many requests or replies were lost.</param>
/// <param name="Elapsed">How long it took.</param>
internal readonly record struct Load(long Replies, long Lost, TimeSpan Elapsed);
