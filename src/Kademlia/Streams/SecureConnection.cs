namespace Kademlia.Streams;

/// <summary>A connection to a node that has proven its id, which nobody on the way can read, change or cut unnoticed.</summary>
/// <remarks>Read and written at once, by one call of each at a time. Disposing closes it; what was not ended before is cut.</remarks>
internal abstract class SecureConnection : IDisposable
{
    /// <summary>The other side's id.</summary>
    public abstract NodeId Peer { get; }

    /// <summary>What the hellos of a private network agreed on, which the preface repeats; 0 in an open network.</summary>
    public abstract UInt128 Nonce { get; }

    /// <summary>Reads; 0 when the other side has said that it has no more to say.</summary>
    /// <exception cref="IOException">The connection was cut or closed.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes, and waits while the other side does not read.</summary>
    /// <exception cref="IOException">The connection was cut or closed.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Says that there is no more to say. Reading goes on.</summary>
    public abstract Task EndAsync();

    public abstract void Dispose();
}
