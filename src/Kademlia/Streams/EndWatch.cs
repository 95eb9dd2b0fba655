namespace Kademlia.Streams;

/// <summary>The connection beneath TLS, which notes whether it has ended: <see cref="System.Net.Security.SslStream"/> tells a proper end and a cut alike.</summary>
internal sealed class EndWatch(Stream connection) : AsyncStream
{
    /// <summary>Whether the connection gave its end, or failed.</summary>
    public bool HasEnded { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int length = await connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            HasEnded |= length == 0 && !buffer.IsEmpty;
            return length;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            HasEnded = true;
            throw;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        connection.Dispose();
        base.Dispose(disposing);
    }
}
