using Kademlia.Admission;
using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>A request that is being answered, perhaps in a later turn.</summary>
/// <param name="Envelope">What it carried.</param>
/// <param name="From">Where it came from.</param>
/// <param name="IsProven">Whether it carried a valid token: its sender receives at <paramref name="From"/>.</param>
/// <param name="MaxReplyLength">How long the reply may be: no longer than the request without a token.</param>
/// <param name="Fresh">The token that the reply brings.</param>
internal readonly record struct IncomingRequest(Envelope Envelope, PeerEndPoint From, bool IsProven, int MaxReplyLength, AddressToken Fresh);
