namespace Kademlia;

/// <summary>How a record is put.</summary>
public sealed class PutOptions
{
    /// <summary>How long holders keep the record; null for <see cref="KademliaOptions.RecordLifetime"/>.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>
    /// The sequence to write; null for the larger of the last known plus one and Unix milliseconds.
    /// Nothing can follow the greatest, <see cref="long.MaxValue"/>: a later put or delete fails.
    /// </summary>
    public long? Sequence { get; init; }

    /// <summary>
    /// Compare-and-swap: a holder stores the record only if the sequence it holds now is this one, 0 for none;
    /// otherwise its verdict is <see cref="StoreOutcome.Conflict"/>. Null for no condition.
    /// </summary>
    public long? ExpectedSequence { get; init; }

    /// <summary>Whether this node stores the record again before it expires, and soon when fewer took it than should, for as long as it runs; after a restart too, with a store that keeps its state.</summary>
    /// <value>The default is true.</value>
    public bool Republish { get; init; } = true;

    internal void Validate(TimeSpan longest)
    {
        if (Lifetime is TimeSpan lifetime && (lifetime <= TimeSpan.Zero || lifetime > longest))
        {
            throw new ArgumentException(
                $"{nameof(PutOptions)}.{nameof(Lifetime)} is {lifetime}; it must be above zero and at most {longest} "
                + $"({nameof(KademliaOptions)}.{nameof(KademliaOptions.MaxRecordLifetime)}).");
        }

        if (Sequence < 1)
        {
            throw new ArgumentException($"{nameof(PutOptions)}.{nameof(Sequence)} is {Sequence}; a record's first sequence is at least 1.");
        }

        if (ExpectedSequence < 0)
        {
            throw new ArgumentException(
                $"{nameof(PutOptions)}.{nameof(ExpectedSequence)} is {ExpectedSequence}; expect 0 for no record, or leave it null.");
        }
    }
}
