namespace Kademlia.Simulation;

/// <summary>What happened to datagrams: sent + duplicated = delivered + lost + unreachable + under way.</summary>
/// <param name="Sent">Datagrams sent, by nodes and by actors.</param>
/// <param name="BytesSent">Their bytes, as UDP payload.</param>
/// <param name="Delivered">Those that a machine received.</param>
/// <param name="Lost">Those that a link lost.</param>
/// <param name="Unreachable">Those that arrived where nobody is.</param>
/// <param name="Duplicated">Those that a link made of others.</param>
/// <param name="UnderWay">Those that have not arrived yet.</param>
/// <param name="Events">How many events ran, datagrams and others.</param>
public readonly record struct VirtualCounters(
    long Sent, long BytesSent, long Delivered, long Lost, long Unreachable, long Duplicated, long UnderWay, long Events);
