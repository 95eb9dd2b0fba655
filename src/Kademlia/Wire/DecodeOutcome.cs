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

    /// <summary>A reply of a kind that this node does not know, or a number that no kind has. An unknown request is <see cref="Ok"/>: it is answered.</summary>
    OtherKind,
}
