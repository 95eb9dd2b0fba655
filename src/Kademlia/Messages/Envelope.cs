using Kademlia.Admission;

namespace Kademlia.Messages;

/// <summary>What every message carries, whatever it says.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Transaction">Drawn at random by the asker and repeated in the reply: unguessable off the path.</param>
/// <param name="Sender">Who says so; believed only of a matched reply, and proven by <see cref="ProveReply"/>.</param>
/// <param name="Flags">What the sender is.</param>
/// <param name="Token">In a request, the token that proves the asker's address; in a reply, a fresh one for the asker.</param>
/// <param name="Observed">In a reply, the endpoint that the request came from; the default value in a request.</param>
internal readonly record struct Envelope(
    MessageKind Kind,
    ulong Transaction,
    NodeId Sender,
    SenderFlags Flags,
    AddressToken Token,
    PeerEndPoint Observed)
{
    public bool IsReply => (Kind & MessageKind.Reply) != 0;
}

/// <summary>What the sender of a message is; unknown bits are ignored.</summary>
[Flags]
internal enum SenderFlags : byte
{
    None = 0,

    /// <summary>Asks but does not answer: never admitted to a table.</summary>
    Client = 1,

    /// <summary>About to stop: worth a check.</summary>
    Leaving = 2,
}
