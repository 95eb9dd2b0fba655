namespace Kademlia.Messages;

/// <summary>Who is closest to a point? Asked at every step of a walk.</summary>
internal readonly ref struct FindNodeRequest(NodeId target, AddressFamilies want, ReadOnlySpan<byte> known = default)
{
    /// <summary>The bytes of a mark.</summary>
    public const int MarkLength = sizeof(ushort);

    /// <summary>The point.</summary>
    public NodeId Target { get; } = target;

    /// <summary>Which families of addresses to tell of; none means that of the socket asked.</summary>
    public AddressFamilies Want { get; } = want;

    /// <summary>The marks of contacts that the answer can do without, one behind the other.</summary>
    public ReadOnlySpan<byte> Known { get; } = known;
}

/// <summary>The closest contacts that the answerer knows.</summary>
internal readonly ref struct FindNodeReply(ReadOnlySpan<Contact> contacts, bool more)
{
    /// <summary>To be written: closest to the target first. Read: the closest first within each family, IPv4 before IPv6.</summary>
    public ReadOnlySpan<Contact> Contacts { get; } = contacts;

    /// <summary>Whether the answerer had further contacts that did not fit.</summary>
    public bool More { get; } = more;
}

/// <summary>A set of address families.</summary>
[Flags]
internal enum AddressFamilies : byte
{
    None = 0,
    IPv4 = 1,
    IPv6 = 2,
}
