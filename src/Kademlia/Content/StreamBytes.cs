namespace Kademlia.Content;

/// <summary>Content in a seekable stream, which stays its owner's to close.</summary>
internal sealed class StreamBytes(Stream stream) : ContentBytes
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly long _length = stream.Length;
    private bool _closed;

    public override long Length => stream.Length;

    public override bool IsUnchanged => stream.Length == _length;

    public override async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
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
            ObjectDisposedException.ThrowIf(_closed, this);
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

    /// <summary>Waits for whoever reads or writes. The stream is not touched afterwards.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _closed = true;
        _turn.Release();
    }
}
