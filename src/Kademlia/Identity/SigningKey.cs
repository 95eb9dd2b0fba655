namespace Kademlia.Identity;

/// <summary>The secret half of a <see cref="NodeIdentity"/>.</summary>
internal abstract class SigningKey : IDisposable
{
    public abstract SignatureAlgorithm Algorithm { get; }

    /// <summary>64 bytes.</summary>
    public abstract ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs, in 64 bytes. Safe from any thread.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> data);

    /// <summary>The key pair as PKCS#8 PEM text.</summary>
    /// <exception cref="NotSupportedException">The key is a simulation's.</exception>
    public abstract string ExportPem();

    public abstract void Dispose();
}
