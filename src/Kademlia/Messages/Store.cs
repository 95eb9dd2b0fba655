using Kademlia.Records;

namespace Kademlia.Messages;

/// <summary>Keep this record. Needs a valid token.</summary>
internal readonly ref struct StoreRequest(StorePurpose purpose, RecordView record, long expectedSequence)
{
    /// <summary>The value of <see cref="ExpectedSequence"/> that expects nothing.</summary>
    public const long Unconditional = -1;

    public StorePurpose Purpose { get; } = purpose;

    public RecordView Record { get; } = record;

    /// <summary>Compare-and-swap: store only when this is the sequence held now, 0 when nothing is held; -1 for no condition.</summary>
    public long ExpectedSequence { get; } = expectedSequence;
}

/// <summary>What became of it.</summary>
internal readonly ref struct StoreReply(StoreOutcome outcome, long clockSeconds, RecordView newer)
{
    public StoreOutcome Outcome { get; } = outcome;

    /// <summary>The holder's clock in Unix seconds, so that a refused expiry can be understood.</summary>
    public long ClockSeconds { get; } = clockSeconds;

    /// <summary>With <see cref="StoreOutcome.Older"/> and <see cref="StoreOutcome.Conflict"/>: what is held instead.</summary>
    public RecordView Newer { get; } = newer;
}

/// <summary>Why a record is sent; the numbers are the wire's.</summary>
internal enum StorePurpose : byte
{
    /// <summary>First hand, from a publisher.</summary>
    Put = 0,

    /// <summary>From one holder to another.</summary>
    Replica = 1,

    /// <summary>A copy on the path of a get: content only, evicted first, never replicated.</summary>
    Cache = 2,
}
