using System.Diagnostics;

namespace Kademlia;

/// <summary>What a node that provides content gave of it.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ContentProvider
{
    private long _bytes;

    internal ContentProvider(NodeId id, PeerEndPoint endPoint) => (Id, EndPoint) = (id, endPoint);

    /// <summary>The node's id.</summary>
    public NodeId Id { get; }

    /// <summary>Where it is, as it announced.</summary>
    public PeerEndPoint EndPoint { get; }

    /// <summary>How many bytes it gave that are right, hashes included.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Why it gave no more; null when it did not fail.</summary>
    public string? Fault { get; internal set; }

    /// <summary>Whether it gave what is not the content.</summary>
    public bool IsLiar { get; internal set; }

    internal void Add(int length) => Interlocked.Add(ref _bytes, length);

    /// <summary>The endpoint, the id, what it gave and why no more.</summary>
    public override string ToString() => $"{EndPoint} id {Id}: {Bytes} bytes{(IsLiar ? ", a liar" : "")}{(Fault is null ? "" : $". {Fault}")}";
}
