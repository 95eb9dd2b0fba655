using Kademlia.Admission;

namespace Kademlia.Messages;

/// <summary>Prove that your id is yours. Needs a valid token.</summary>
internal readonly ref struct ProveRequest(ReadOnlySpan<byte> nonce, PeerEndPoint dialled, AddressToken token = default)
{
    public const int NonceLength = 16;

    /// <summary>16 bytes that the challenger drew at random.</summary>
    public ReadOnlySpan<byte> Nonce { get; } = nonce;

    /// <summary>The endpoint that the challenger sent this to, so that the proof cannot be relayed.</summary>
    public PeerEndPoint Dialled { get; } = dialled;

    /// <summary>For the answerer's requests to the challenger, which would need one.</summary>
    public AddressToken Token { get; } = token;
}

/// <summary>A signature over the challenge, or a refusal.</summary>
internal readonly ref struct ProveReply(ProofStatus status, SignatureAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature)
{
    public ProofStatus Status { get; } = status;

    public SignatureAlgorithm Algorithm { get; } = algorithm;

    /// <summary>The key that the prover's id is the hash of; empty unless signed.</summary>
    public ReadOnlySpan<byte> PublicKey { get; } = publicKey;

    public ReadOnlySpan<byte> Signature { get; } = signature;
}

/// <summary>Whether a proof was given; the numbers are the wire's.</summary>
internal enum ProofStatus : byte
{
    Signed = 0,

    /// <summary>The dialled endpoint is not ours: somebody may be relaying the challenge.</summary>
    NotMyAddress = 1,

    /// <summary>Too many challenges at once; ask later.</summary>
    Busy = 2,
}
