namespace Kademlia.Messages;

/// <summary>Have me dialled, or dial somebody for me. Needs a valid token.</summary>
/// <param name="Nonce">What the dial carries as its transaction; drawn by the node that wants to be dialled.</param>
/// <param name="Asker">Whom to dial; the default value in what the node itself asks, which another is then found for.</param>
internal readonly record struct ProbeRequest(ulong Nonce, PeerEndPoint Asker);

/// <summary>Whether the asker was dialled. Under the nonce, without having been asked by its receiver, this is the dial.</summary>
internal readonly record struct ProbeReply(bool Dialled);
