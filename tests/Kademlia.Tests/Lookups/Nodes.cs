namespace Kademlia.Tests.Lookups;

/// <summary>Makes ids and contacts for tests of lookups.</summary>
internal static class Nodes
{
    private const uint PublicNetworks = 0x0800_0000;

    /// <summary>An id of four bits, the rest zero.</summary>
    public static NodeId Id(int fourBits) => new((ulong)fourBits << 60, 0, 0, 0);

    /// <summary>A contact with an id of four bits, in a group of its own.</summary>
    public static Contact At(int fourBits) => At(fourBits, group: fourBits);

    /// <summary>A contact with an id of four bits, in a group of one's choice.</summary>
    public static Contact At(int fourBits, int group, int host = 1) => new(Id(fourBits), EndPoint(group, host));

    /// <summary>A public endpoint in the /24 with this number.</summary>
    public static PeerEndPoint EndPoint(int group, int host)
    {
        uint address = PublicNetworks + ((uint)group << 8) + (uint)(host & 0xff);
        byte[] bytes = [(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address];
        return new PeerEndPoint(bytes, (ushort)(7411 + (host >> 8)));
    }

    /// <summary>Nodes with random ids, spread at random over some groups.</summary>
    public static Contact[] Random(Random random, int count, int groups) =>
        [.. Enumerable.Range(0, count).Select(i => new Contact(NodeId.Random(random), EndPoint(random.Next(groups), i)))];

    /// <summary>Nodes with random ids, each in a group of its own.</summary>
    public static Contact[] Random(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Contact(NodeId.Random(random), EndPoint(i, 1)))];

    /// <summary>An id that is closer to a target than chance would make it.</summary>
    public static NodeId IdNear(NodeId target, Random random, int sharedBits)
    {
        NodeId other = NodeId.Random(random);
        ulong mask = sharedBits == 0 ? 0 : ulong.MaxValue << (64 - sharedBits);
        return new NodeId((target.Word0 & mask) | (other.Word0 & ~mask), other.Word1, other.Word2, other.Word3);
    }

    /// <summary>The closest of some contacts, closest first.</summary>
    public static Contact[] Closest(IEnumerable<Contact> contacts, NodeId target, int count) =>
        [.. contacts.OrderBy(contact => contact.Id ^ target).Take(count)];

    /// <summary>The closest with one of each group, filled with the closest of the others: the rule, as naive as can be.</summary>
    public static Contact[] ClosestOfGroups(IEnumerable<Contact> contacts, NodeId target, int count)
    {
        Contact[] sorted = Closest(contacts, target, int.MaxValue);
        Contact[] firsts = [.. sorted.DistinctBy(contact => AddressGroup.Of(contact.EndPoint)).Take(count)];
        IEnumerable<Contact> spares = sorted.Except(firsts).Take(count - firsts.Length);
        return Closest(firsts.Concat(spares), target, count);
    }
}
