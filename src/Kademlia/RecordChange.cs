namespace Kademlia;

/// <summary>A change of what is stored under a key.</summary>
/// <param name="Kind">What became of the record.</param>
/// <param name="Record">The record as it is now; the last that was there when it has expired.</param>
public sealed record RecordChange(RecordChangeKind Kind, Record Record)
{
    /// <summary>What this change and the next of the same slot come to for whoever has seen neither; null for nothing.</summary>
    internal RecordChange? Then(RecordChange next)
    {
        bool had = Kind is RecordChangeKind.Updated or RecordChangeKind.Deleted or RecordChangeKind.Expired;
        bool has = next.Kind is not (RecordChangeKind.Deleted or RecordChangeKind.Expired);
        return (had, has) switch
        {
            (false, true) => next with { Kind = Kind },
            (true, true) => next with { Kind = RecordChangeKind.Updated },
            (true, false) => next,
            _ => null,
        };
    }
}
