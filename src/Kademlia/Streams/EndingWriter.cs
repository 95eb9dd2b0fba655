using System.IO.Pipelines;

namespace Kademlia.Streams;

/// <summary>Writes to a stream. Completed, it says the end; completed with an exception, it cuts the stream, so that nobody takes a part for the whole.</summary>
internal sealed class EndingWriter(OpenConnection connection, int bufferLength) : PipeWriter
{
    private readonly PipeWriter _inner = Create(connection, new StreamPipeWriterOptions(minimumBufferSize: bufferLength, leaveOpen: true));

    /// <summary>What says the last of it; null until the writer was completed.</summary>
    public Task? Ending { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _inner.UnflushedBytes;

    public override void Advance(int bytes) => _inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => _inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _inner.WriteAsync(source, cancellationToken);

    /// <remarks>Does not wait: closing the stream does.</remarks>
    public override void Complete(Exception? exception = null) => Ending ??= EndAsync(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => new(Ending ??= EndAsync(exception));

    private async Task EndAsync(Exception? exception)
    {
        if (exception is null)
        {
            await _inner.CompleteAsync().ConfigureAwait(false);
            await connection.EndAsync().ConfigureAwait(false);
        }
        else
        {
            connection.Cut();
            await _inner.CompleteAsync(exception).ConfigureAwait(false);
        }
    }
}
