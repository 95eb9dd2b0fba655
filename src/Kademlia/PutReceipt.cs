using System.Diagnostics;

namespace Kademlia;

/// <summary>What became of a put, node by node.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class PutReceipt
{
    internal PutReceipt(Record record, int wanted, IReadOnlyList<StoreVerdict> verdicts, Record? newer, LookupStatistics statistics)
    {
        Record = record;
        Wanted = wanted;
        Verdicts = verdicts;
        Newer = newer;
        Statistics = statistics;
    }

    /// <summary>The record that was put.</summary>
    public Record Record { get; }

    /// <summary>Where it can be read.</summary>
    public RecordKey Key => Record.Key;

    /// <summary>How many nodes hold it now; a node that was reached in both address families counts once.</summary>
    public int Stored => Verdicts.Where(v => v.Outcome == StoreOutcome.Stored).Select(v => v.Contact.Id).Distinct().Count();

    /// <summary>How many nodes should: the k closest of each address family, or as many as there are, and one or two that seemed to be among them for a moment; a node in both counts once.</summary>
    public int Wanted { get; }

    /// <summary>What each node said, the closest to the key first. This node's own verdict is among them when it is one of the k.</summary>
    public IReadOnlyList<StoreVerdict> Verdicts { get; }

    /// <summary>The newer record that some node held, if one did: read it, then put with a greater sequence.</summary>
    public Record? Newer { get; }

    /// <summary>What the put cost.</summary>
    public LookupStatistics Statistics { get; }

    /// <summary>The key and how many nodes hold the record.</summary>
    public override string ToString() => $"{Key} stored on {Stored} of {Wanted} nodes";
}
