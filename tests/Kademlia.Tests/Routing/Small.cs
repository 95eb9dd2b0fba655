namespace Kademlia.Tests.Routing;

/// <summary>A world of short ids and numbered endpoints, so that tests can be read.</summary>
internal static class Small
{
    /// <summary>The id that begins with four bits, the rest zero.</summary>
    public static NodeId Id(int bits) => Id(bits, 4);

    /// <summary>The id that begins with some bits, the rest zero.</summary>
    public static NodeId Id(int bits, int length) => new((ulong)bits << (64 - length), 0, 0, 0);

    /// <summary>A public IPv4 endpoint in a group (a /24) of its own for each number.</summary>
    public static PeerEndPoint EndPoint(int group, int host = 1) => new([20, (byte)(group >> 8), (byte)group, (byte)host], 7411);

    /// <summary>A public IPv6 endpoint: a wide group (a /32) and a group (a /48) within it.</summary>
    public static PeerEndPoint EndPoint6(int wideGroup, int group, int host = 1) =>
        new([0x2a, 0x02, 0, (byte)wideGroup, 0, (byte)group, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)host], 7411);

    /// <summary>The contact with a four-bit id, in an address group of its own.</summary>
    public static Contact Contact(int bits) => new(Id(bits), EndPoint(bits));

    public static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
