namespace Kademlia.Wire;

/// <summary>What became of a sealed datagram. Everything but <see cref="Ok"/> is dropped, and counted by this reason.</summary>
internal enum SealOutcome
{
    Ok = 0,

    /// <summary>Too short or too long to be a sealed message.</summary>
    Malformed,

    /// <summary>The cheap check failed: junk, or a datagram of another network.</summary>
    Junk,

    /// <summary>It was opened before, or is too old to tell, or is our own.</summary>
    Replayed,

    /// <summary>The cheap check held, but decryption failed.</summary>
    Forged,
}
