using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests;

/// <summary>Random values that the properties of several rooms share. All follow from FsCheck's seed.</summary>
/// <remarks>
/// Used as <c>Prop.ForAll(Generators.Contacts.ToArbitrary(), c => …).QuickCheckThrowOnFailure()</c>.
/// Public networks of IPv4 are drawn from 60.0.0.0/18, of IPv6 from 2001:db8::/32, few enough that addresses share
/// their address group now and then.
/// </remarks>
internal static class Generators
{
    /// <summary>A generator for code that takes its randomness: each draw has its own seed.</summary>
    public static Gen<Random> Randoms => Gen.Choose(0, int.MaxValue - 1).Select(seed => new Random(seed));

    /// <summary>All 64 bits, with zero, one and all ones more often than chance has it.</summary>
    public static Gen<ulong> Words => Gen.Frequency(
        (6, Randoms.Select(random => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)))),
        (2, Gen.Choose(0, 63).Select(bit => 1UL << bit)),
        (1, Gen.Elements(0UL, 1UL, ulong.MaxValue)));

    /// <summary>Ids: uniform ones, ids of four bits, and ids made of edge words.</summary>
    public static Gen<NodeId> NodeIds => Gen.Frequency(
        (6, UniformNodeIds),
        (2, FourBitNodeIds),
        (2, Words.Four().Select(w => new NodeId(w.Item1, w.Item2, w.Item3, w.Item4))));

    /// <summary>Ids as hashes make them.</summary>
    public static Gen<NodeId> UniformNodeIds => Randoms.Select(NodeId.Random);

    /// <summary>The 16 ids of a world of four bits, which lie in the top bits.</summary>
    public static Gen<NodeId> FourBitNodeIds => Gen.Choose(0, 15).Select(bits => FourBits((uint)bits));

    /// <summary>Ids from just beside a point to anywhere: each shares a prefix with it, of a length drawn evenly.</summary>
    public static Gen<NodeId> NodeIdsNear(NodeId point) =>
        from length in Gen.Choose(0, NodeId.BitLength)
        from random in Randoms
        select WithSharedPrefix(point, length, random);

    /// <summary>Ports, 0 and 65535 among them.</summary>
    public static Gen<int> Ports => Gen.Frequency(
        (8, Gen.Choose(1, ushort.MaxValue)),
        (1, Gen.Elements(0, 1, ushort.MaxValue)));

    /// <summary>Endpoints of every scope, the unusable among them.</summary>
    public static Gen<PeerEndPoint> EndPoints => Gen.OneOf(
        PublicEndPoints,
        LocalEndPoints,
        from bytes in Randoms.Select(random => Bytes(random, 4))
        from port in Ports
        select new PeerEndPoint(bytes, (ushort)port),
        from bytes in Randoms.Select(random => Bytes(random, 16))
        from port in Ports
        select new PeerEndPoint(bytes, (ushort)port));

    /// <summary>Endpoints of the Internet, of both families, that a node may be reached at.</summary>
    public static Gen<PeerEndPoint> PublicEndPoints => Gen.OneOf(PublicIPv4EndPoints, PublicIPv6EndPoints);

    /// <summary>Endpoints in the 64 /24 networks of 60.0.0.0/18.</summary>
    public static Gen<PeerEndPoint> PublicIPv4EndPoints =>
        from network in Gen.Choose(0, 63)
        from host in Gen.Choose(1, 254)
        from port in Gen.Choose(1, ushort.MaxValue)
        select new PeerEndPoint([60, 0, (byte)network, (byte)host], (ushort)port);

    /// <summary>Endpoints in 64 of the /48 networks of 2001:db8::/32.</summary>
    public static Gen<PeerEndPoint> PublicIPv6EndPoints =>
        from network in Gen.Choose(0, 63)
        from host in Gen.Choose(1, ushort.MaxValue)
        from port in Gen.Choose(1, ushort.MaxValue)
        select new PeerEndPoint(IPAddress.Parse($"2001:db8:{network:x}::{host:x}"), port);

    /// <summary>Endpoints on loopback, on a link or inside a site.</summary>
    public static Gen<PeerEndPoint> LocalEndPoints =>
        from address in Gen.Elements("127.0.0.1", "::1", "169.254.3.4", "fe80::3:4", "10.1.2.3", "172.16.0.9", "192.168.1.7", "100.64.1.1", "fd00::7")
        from port in Gen.Choose(1, ushort.MaxValue)
        select new PeerEndPoint(IPAddress.Parse(address), port);

    /// <summary>Nodes of the Internet.</summary>
    public static Gen<Contact> Contacts =>
        from id in NodeIds
        from endPoint in PublicEndPoints
        select new Contact(id, endPoint);

    /// <summary>Keys of each kind.</summary>
    public static Gen<RecordKey> RecordKeys =>
        from kind in Gen.Elements(RecordKind.Content, RecordKind.Owner, RecordKind.Open)
        from hash in UniformNodeIds
        select new RecordKey(kind, hash);

    /// <summary>Byte strings of 0 to <paramref name="maxLength"/> bytes, short ones and the longest more often.</summary>
    public static Gen<byte[]> ByteStrings(int maxLength) =>
        from length in Gen.OneOf(Gen.Choose(0, maxLength), Gen.Choose(0, Math.Min(8, maxLength)), Gen.Constant(maxLength))
        from random in Randoms
        select Bytes(random, length);

    /// <summary>The id of a world of four bits: <c>FourBits(0b0110)</c>.</summary>
    public static NodeId FourBits(uint bits) => new((ulong)bits << 60, 0, 0, 0);

    /// <summary>A random id that shares exactly <paramref name="length"/> leading bits with <paramref name="point"/>.</summary>
    public static NodeId WithSharedPrefix(NodeId point, int length, Random random)
    {
        byte[] bytes = Bytes(random, NodeId.ByteLength);
        byte[] shared = point.ToByteArray();
        for (int bit = 0; bit <= length && bit < NodeId.BitLength; bit++)
        {
            int mask = 0x80 >> (bit % 8);
            int wanted = bit < length ? shared[bit / 8] : ~shared[bit / 8];
            bytes[bit / 8] = (byte)((bytes[bit / 8] & ~mask) | (wanted & mask));
        }

        return new NodeId(bytes);
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
