namespace Kademlia;

/// <summary>A node's key pair.</summary>
public sealed class NodeIdentity : IDisposable
{
    /// <summary>The length of a public key in bytes: X, then Y.</summary>
    public const int PublicKeyLength = 64;

    internal const int SignatureLength = 64;

    /// <summary>The public key: 64 bytes, X then Y, big-endian.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; } = new byte[PublicKeyLength];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
