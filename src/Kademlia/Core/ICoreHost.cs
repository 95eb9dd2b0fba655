namespace Kademlia.Core;

/// <summary>What the core gives out, besides its next deadline: implemented by the node over sockets and by simulated worlds.</summary>
internal interface ICoreHost
{
    /// <summary>Sends one datagram without blocking; false when it was lost here. The bytes are the core's.</summary>
    bool Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination);

    /// <summary>Begins an effect; its completion must come as an input of its own, never from inside this call.</summary>
    void Begin(Effect effect);

    /// <summary>The record in a slot of the store: synchronous, fast.</summary>
    Record? Read(RecordKey key, NodeId writer);

    /// <summary>The node serves others from now on, or no longer.</summary>
    void OnRole(bool serves);

    /// <summary>Work that nobody waits for failed: an error in the core, never a stranger's doing.</summary>
    void OnFault(Exception failure);
}
