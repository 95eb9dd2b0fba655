namespace Kademlia;

/// <summary>What a get is content with.</summary>
public sealed class GetOptions
{
    /// <summary>
    /// How many holders must have answered before the newest of their records is believed to be the newest there is. Of an owner record
    /// only those count that know of fewer than k nodes closer to the key: others may have been passed by when it was replaced.
    /// Null for the default: 1 for content, 3 for an owner record, and every holder met on the walk for an open key.
    /// </summary>
    public int? Quorum { get; init; }

    /// <summary>A record of at least this sequence ends the get at once; null for none.</summary>
    public long? MinimumSequence { get; init; }

    internal void Validate()
    {
        if (Quorum < 1)
        {
            throw new ArgumentException($"{nameof(GetOptions)}.{nameof(Quorum)} is {Quorum}; ask for at least 1 holder, or leave it null.");
        }
    }
}
