namespace Kademlia.Messages;

/// <summary>Who is closest to a point? Asked at every step of a walk.</summary>
/// <param name="Target">The point.</param>
/// <param name="Want">Which families of addresses to tell of; none means that of the socket asked.</param>
internal readonly record struct FindNodeRequest(NodeId Target, AddressFamilies Want);

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
