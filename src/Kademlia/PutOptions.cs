namespace Kademlia;

/// <summary>How a record is put.</summary>
public sealed class PutOptions
{
    /// <summary>How long holders keep the record; null for <see cref="KademliaOptions.RecordLifetime"/>.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The sequence to write; null for the larger of the last known plus one and Unix milliseconds.</summary>
    public long? Sequence { get; init; }

    /// <summary>
    /// Compare-and-swap: a holder stores the record only if the sequence it holds now is this one, 0 for none;
    /// otherwise its verdict is <see cref="StoreOutcome.Conflict"/>. Null for no condition.
    /// </summary>
    public long? ExpectedSequence { get; init; }

    /// <summary>Whether this node stores the record again before it expires, for as long as it runs.</summary>
    /// <value>The default is true.</value>
    public bool Republish { get; init; } = true;
}
