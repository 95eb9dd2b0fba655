using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Admission;

/// <summary>Endpoints of every scope, ids and times, for the properties of this room.</summary>
internal static class AdmissionGenerators
{
    private static readonly string[] GlobalNetworks = ["9.9", "81.2", "151.101", "203.0"];
    private static readonly string[] LocalNetworks = ["127.0", "169.254", "10.7", "172.16", "192.168", "100.64"];

    public static Gen<NodeId> Ids { get; } =
        Gen.Choose(int.MinValue, int.MaxValue).Select(seed => NodeId.Random(new Random(seed)));

    /// <summary>Public IPv4 endpoints of 32 address groups, so that they meet.</summary>
    public static Gen<PeerEndPoint> FewGroups { get; } = IPv4(Gen.Elements(GlobalNetworks), Gen.Choose(0, 7));

    public static Gen<PeerEndPoint> Local { get; } = Gen.OneOf(
        IPv4(Gen.Elements(LocalNetworks), Gen.Choose(0, 63)),
        IPv6(0x0000_0000_0000_0000, Gen.Constant(1)),
        IPv6(0xfe80_0000_0000_0000, Gen.Choose(1, 9)),
        IPv6(0xfd00_0000_0000_0000, Gen.Choose(1, 9)));

    public static Gen<PeerEndPoint> Global { get; } = Gen.OneOf(
        IPv4(Gen.Elements(GlobalNetworks), Gen.Choose(0, 255)),
        IPv6(0x2a00_1450_0000_0000, Gen.Choose(1, 9)),
        IPv6(0x2001_0db8_0007_0000, Gen.Choose(1, 9)));

    public static Gen<PeerEndPoint> Usable { get; } = Gen.OneOf(Global, Local);

    public static Gen<PeerEndPoint> Unusable { get; } = Gen.OneOf(
        Gen.Elements("0.0.0.0:1", "224.0.0.1:1", "255.255.255.255:1", "[::]:1", "[ff02::1]:1").Select(PeerEndPoint.Parse),
        Usable.Select(endPoint => new PeerEndPoint(endPoint.Address, 0)));

    /// <summary>Times up to four hours, with every instant near the turn of an hour likely.</summary>
    public static Gen<TimeSpan> Times { get; } =
        from hours in Gen.Choose(0, 4)
        from ticks in Gen.OneOf(Gen.Choose(-2, 2), Gen.Choose(0, int.MaxValue))
        select TimeSpan.FromTicks(Math.Max(0, TimeSpan.FromHours(hours).Ticks + ticks));

    public static PeerEndPoint InGroup(int group, int host = 1, int port = 7411) =>
        PeerEndPoint.Parse($"{11 + (group >> 16)}.{(group >> 8) & 255}.{group & 255}.{host}:{port}");

    private static Gen<PeerEndPoint> IPv4(Gen<string> networks, Gen<int> thirdBytes) =>
        from network in networks
        from third in thirdBytes
        from host in Gen.Choose(1, 3)
        from port in Gen.Choose(1, 3)
        select PeerEndPoint.Parse($"{network}.{third}.{host}:{port}");

    private static Gen<PeerEndPoint> IPv6(ulong network, Gen<int> hosts) =>
        from host in hosts
        from port in Gen.Choose(1, 3)
        select WithIPv6(network, (ulong)host, (ushort)port);

    private static PeerEndPoint WithIPv6(ulong high, ulong low, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new PeerEndPoint(bytes, port);
    }
}
