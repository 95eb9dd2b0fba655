namespace Kademlia.Content;

/// <summary>Where content lies or is to lie: read and written at any place, by several at once.</summary>
internal abstract class ContentBytes : IAsyncDisposable
{
    /// <summary>How long it is now.</summary>
    public abstract long Length { get; }

    /// <summary>Whether nobody else has changed it since it was opened, as far as that can be seen.</summary>
    public abstract bool IsUnchanged { get; }

    /// <summary>Reads exactly so many bytes.</summary>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public abstract ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Brings it to a length, and what was written to the disk.</summary>
    public abstract ValueTask FinishAsync(long length, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
