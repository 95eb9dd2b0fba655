namespace Kademlia.Wire;

/// <summary>What was made of a datagram. Everything but <see cref="Ok"/> is dropped, and counted by this reason.</summary>
internal enum DecodeOutcome
{
    Ok = 0,

    /// <summary>Not a message.</summary>
    Malformed,

    /// <summary>A message of another version of the protocol.</summary>
    OtherVersion,

    /// <summary>A message of a network with another name.</summary>
    OtherNetwork,

    /// <summary>A well-formed message of a kind that this node does not know, or that is reserved.</summary>
    OtherKind,
}
