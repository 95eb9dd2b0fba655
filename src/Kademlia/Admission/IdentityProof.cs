using System.Buffers.Binary;
using System.Net;
using Kademlia.Identity;
using Kademlia.Messages;

namespace Kademlia.Admission;

/// <summary>The prover's side of the identity proof: what is signed, and when it is not.</summary>
/// <remarks>
/// The signature names the endpoint that the challenger dialled, so that a liar in the middle, who is dialled elsewhere,
/// cannot pass our signature on as its own. That holds as far as we know our own address:
/// <list type="number">
/// <item>An address at which nobody can be is refused.</item>
/// <item>An address of another family than the challenge came by is refused: whoever dialled it did not send us that.</item>
/// <item>A local address passes only when the challenge came from an address of the same scope, so relaying there needs a
/// liar who is near both.</item>
/// <item>Where <see cref="KademliaOptions.PublicAddresses"/> hold addresses of the dialled family, they decide, whatever
/// others see: an address that is not among them is refused.</item>
/// <item>Otherwise the <see cref="AddressVotes"/> decide: when a majority names another address, the dialled one is refused.</item>
/// <item>Until there is a majority, we sign. A node that has just started can be relayed then.</item>
/// </list>
/// Ports are not compared, because translators change them. A node with several public addresses of one family must be
/// given all of them, because others see only the one that it sends from.
/// </remarks>
internal sealed class IdentityProof(IEnumerable<IPAddress> publicAddresses, AddressVotes votes)
{
    private const int MaxEndPointLength = 16 + sizeof(ushort);
    private const int MaxPreimageLength = 256;

    private readonly PeerEndPoint[] _publicAddresses = [.. publicAddresses.Select(address => new PeerEndPoint(address, 0))];

    private static ReadOnlySpan<byte> Label => "kademlia proof"u8;

    /// <summary>The bytes that the prover signs: a <see cref="SignedTuple"/> of six fields (PROTOCOL.md, 6.2).</summary>
    /// <remarks>
    /// <code>
    /// label       14   "kademlia proof" in ASCII
    /// network      8   the tag of the header, big-endian
    /// nonce       16   drawn by the challenger
    /// challenger  32   the id of who asks
    /// prover      32   the id of who signs
    /// dialled  6, 18   the address (4 or 16 bytes) and the port (2, big-endian) that the challenger sent to
    /// </code>
    /// </remarks>
    public static byte[] Preimage(ulong network, ReadOnlySpan<byte> nonce, NodeId challenger, NodeId prover, PeerEndPoint dialled)
    {
        Span<byte> endPoint = stackalloc byte[MaxEndPointLength];
        int addressLength = dialled.WriteAddress(endPoint);
        BinaryPrimitives.WriteUInt16BigEndian(endPoint[addressLength..], (ushort)dialled.Port);

        Span<byte> preimage = stackalloc byte[MaxPreimageLength];
        SignedTuple tuple = new(preimage);
        tuple.Add(Label);
        tuple.Add(network);
        tuple.Add(nonce);
        tuple.Add(challenger);
        tuple.Add(prover);
        tuple.Add(endPoint[..(addressLength + sizeof(ushort))]);
        return preimage[..tuple.Length].ToArray();
    }

    /// <summary>Whether to sign a challenge.</summary>
    /// <param name="dialled">Where the challenge says that it was sent to.</param>
    /// <param name="challenger">Where it came from.</param>
    /// <param name="now">The time.</param>
    public ProofStatus Judge(PeerEndPoint dialled, PeerEndPoint challenger, TimeSpan now) =>
        dialled.IsIPv4 == challenger.IsIPv4 && IsMine(dialled, challenger.Scope, now)
            ? ProofStatus.Signed
            : ProofStatus.NotMyAddress;

    private bool IsMine(PeerEndPoint dialled, AddressScope from, TimeSpan now) => dialled.Scope switch
    {
        AddressScope.Unusable => false,
        AddressScope.Global when IsConfigured(dialled.IsIPv4) => Array.Exists(_publicAddresses, dialled.SharesAddressWith),
        AddressScope.Global => !IsOutvoted(dialled, now),
        AddressScope local => local == from,
    };

    private bool IsConfigured(bool ipv4) => Array.Exists(_publicAddresses, mine => mine.IsIPv4 == ipv4);

    private bool IsOutvoted(PeerEndPoint dialled, TimeSpan now) =>
        votes.TryGetMajority(dialled.IsIPv4, now, out PeerEndPoint mine)
        && mine.Scope == dialled.Scope
        && !mine.SharesAddressWith(dialled);
}
