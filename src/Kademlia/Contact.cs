using System.Diagnostics;

namespace Kademlia;

/// <summary>How to reach a node: its id and the UDP endpoint at which it answers.</summary>
/// <param name="Id">The node's id.</param>
/// <param name="EndPoint">The node's UDP endpoint.</param>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct Contact(NodeId Id, PeerEndPoint EndPoint)
{
    /// <summary>The endpoint and the id, as in <c>192.0.2.1:7411 id 5e88…</c> with all 64 digits.</summary>
    public override string ToString() => $"{EndPoint} id {Id}";
}
