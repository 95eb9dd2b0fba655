using System.Diagnostics;

namespace Kademlia;

/// <summary>A node that announced that it provides something, and where.</summary>
/// <remarks>
/// The announcement is signed by the node, so it is the node's own word. That anything of the node's is at its endpoints is proven
/// by nothing: let whoever answers there show its key before it is trusted.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Provider
{
    internal Provider(Record record, IReadOnlyList<PeerEndPoint> endPoints)
    {
        Record = record;
        EndPoints = endPoints;
    }

    /// <summary>The id of the node that announced.</summary>
    public NodeId Id => Record.Writer;

    /// <summary>Where it provides what was looked for: the preferred one of <see cref="EndPoints"/>.</summary>
    public PeerEndPoint EndPoint => EndPoints[0];

    /// <summary>All endpoints that it announced, the preferred one first; at least one.</summary>
    public IReadOnlyList<PeerEndPoint> EndPoints { get; }

    /// <summary>The announcement, verified.</summary>
    public Record Record { get; }

    /// <summary>The first endpoint and the id, as in <c>192.0.2.1:8080 id 5e88…</c> with all 64 digits.</summary>
    public override string ToString() => $"{EndPoint} id {Id}";
}
