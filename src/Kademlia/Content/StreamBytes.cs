namespace Kademlia.Content;

/// <summary>Content in a seekable stream, which stays its owner's to close.</summary>
internal sealed class StreamBytes(Stream stream) : ContentBytes
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly long _length = stream.Length;

    public override long Length => stream.Length;

    public override bool IsUnchanged => stream.Length == _length;

    public override async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            stream.Position = offset;
            await stream.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            stream.Position = offset;
            await stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask FinishAsync(long length, CancellationToken cancellationToken)
    {
        stream.SetLength(length);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        stream.Position = 0;
    }

    public override ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }
}
