using System.Diagnostics;

namespace Kademlia;

/// <summary>What a get found. Not finding is a result, not an error.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class GetResult
{
    internal GetResult(RecordKey key, IReadOnlyList<Record> records, bool deleted, bool complete, LookupStatistics statistics)
    {
        Key = key;
        Records = records;
        IsDeleted = deleted;
        IsComplete = complete;
        Statistics = statistics;
    }

    /// <summary>The key asked for.</summary>
    public RecordKey Key { get; }

    /// <summary>Whether there is a record with a value.</summary>
    public bool Found => Records.Count > 0;

    /// <summary>The newest record, null when there is none. Of an open key, the record with the greatest sequence.</summary>
    public Record? Record => Found ? Records[0] : null;

    /// <summary>The value of <see cref="Record"/>; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Value => Record?.Value ?? default;

    /// <summary>Every writer's newest record, the greatest sequence first. At most one but for open keys.</summary>
    public IReadOnlyList<Record> Records { get; }

    /// <summary>Whether the owner deleted the record, and nothing newer was found.</summary>
    public bool IsDeleted { get; }

    /// <summary>Whether the walk reached the end, so that absence was looked for everywhere it should show. Never when the node knows nobody of whom it was told (<see cref="KademliaNode.Joined"/>).</summary>
    public bool IsComplete { get; }

    /// <summary>What the get cost.</summary>
    public LookupStatistics Statistics { get; }

    /// <summary>The key and what was found.</summary>
    public override string ToString() => Found ? $"{Record}" : $"{Key} {(IsDeleted ? "deleted" : "not found")}";
}
