using Kademlia.Records;

namespace Kademlia.Simulation;

/// <summary>Remembers every put that was acknowledged, and judges what gets give by it.</summary>
public sealed class PutLedger
{
    private readonly Dictionary<(RecordKey Key, NodeId Writer), Record> _newest = [];

    /// <summary>The newest record of each slot that somebody acknowledged.</summary>
    public IEnumerable<Record> Records => _newest.Values;

    /// <summary>Enters a put. One that nobody stored is no promise and is left out.</summary>
    /// <returns>Whether it was entered as the newest of its slot.</returns>
    public bool Enter(PutReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        (RecordKey, NodeId) slot = (receipt.Key, receipt.Record.Writer);
        bool newer = receipt.Stored > 0
            && (!_newest.TryGetValue(slot, out Record? known) || IsNewer(receipt.Record, known));
        if (newer)
        {
            _newest[slot] = receipt.Record;
        }

        return newer;
    }

    /// <summary>Judges a get of a record that is not expired.</summary>
    /// <param name="promised">The record, from <see cref="Records"/>.</param>
    /// <param name="result">What the get gave.</param>
    public static LedgerVerdict Judge(Record promised, GetResult result)
    {
        ArgumentNullException.ThrowIfNull(promised);
        ArgumentNullException.ThrowIfNull(result);
        Record? got = result.Records.FirstOrDefault(r => r.Writer == promised.Writer);
        return (got, promised.IsTombstone) switch
        {
            (null, true) => LedgerVerdict.Right,
            (null, false) => LedgerVerdict.Missing,
            (_, true) => IsNewer(got, promised) ? LedgerVerdict.Right : LedgerVerdict.Resurrected,
            _ => IsNewer(promised, got) ? LedgerVerdict.Stale : LedgerVerdict.Right,
        };
    }

    /// <summary>Content is the same whatever its expiry.</summary>
    private static bool IsNewer(Record one, Record other) => one.Kind != RecordKind.Content && RecordOrder.Compare(one, other) > 0;
}
