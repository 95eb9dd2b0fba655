namespace Kademlia.Records;

// What a record that is offered comes to.
internal sealed partial class RecordIndex
{
    /// <summary>What a store of the record comes to, room apart. Changes nothing.</summary>
    /// <remarks>
    /// An identical record is stored, whatever was expected: the answer to an earlier store may have been lost.
    /// Content is always stored, for there is nothing to disagree on. Otherwise an unmet expectation is a conflict, a lesser
    /// sequence is older, and the loser among equal sequences is a conflict.
    /// </remarks>
    /// <param name="incoming">The record.</param>
    /// <param name="expectedSequence">The sequence that must be held now; 0 for an empty slot, <see cref="Unconditional"/> for any.</param>
    /// <returns>
    /// <see cref="StoreOutcome.Stored"/> when it is held (<see cref="IsHeld"/>) or may be reserved;
    /// <see cref="StoreOutcome.Older"/> or <see cref="StoreOutcome.Conflict"/> when it loses.
    /// </returns>
    public StoreOutcome Judge(in RecordHead incoming, long expectedSequence)
    {
        RecordEntry? held = Find(incoming.Key, incoming.Writer);
        if (incoming.Kind == RecordKind.Content || IsHeld(incoming))
        {
            return StoreOutcome.Stored;
        }

        if (!IsExpected(held, expectedSequence))
        {
            return StoreOutcome.Conflict;
        }

        return held is null || RecordOrder.Compare(incoming, held.Head) > 0 ? StoreOutcome.Stored
            : incoming.Sequence < held.Head.Sequence ? StoreOutcome.Older
            : StoreOutcome.Conflict;
    }

    /// <summary>Whether there is nothing to write: the identical record is held, or the same content for at least as long.</summary>
    public bool IsHeld(in RecordHead incoming)
    {
        RecordEntry? held = Find(incoming.Key, incoming.Writer);
        int order = held is null ? 1 : RecordOrder.Compare(incoming, held.Head);
        return incoming.Kind == RecordKind.Content ? order <= 0 : order == 0;
    }

    /// <summary>Whether the slot holds more than a cached record, which nobody's cached copy prolongs.</summary>
    public bool IsHeldForMore(in RecordHead incoming) => Find(incoming.Key, incoming.Writer) is { Origin: not RecordOrigin.Cache };

    /// <summary>Whether an entry of another holder stands for something that is not held, is held as cached only, or is not known to be the lesser.</summary>
    public bool Lacks(DigestEntry offered) =>
        offered.Sequence >= 0
        && (!_bySlot.TryGetValue(offered.Slot, out RecordEntry? held)
            || held.Origin == RecordOrigin.Cache
            || offered.Sequence > held.Digest.Sequence
            || (offered.Sequence == held.Digest.Sequence && offered.Mark != held.Digest.Mark));

    private static bool IsExpected(RecordEntry? held, long expectedSequence) => expectedSequence switch
    {
        < 0 => true,
        0 => held is null,
        _ => held is not null && held.Head.Sequence == expectedSequence,
    };
}
