namespace Kademlia.Streams;

/// <summary>A stream that is open: its two directions, when it was last used, and how it is closed.</summary>
internal sealed class OpenConnection : AsyncStream
{
    /// <summary>So long the other side may take to close after both have said all; closing at once could destroy what is still under way to it.</summary>
    private static readonly TimeSpan Lingering = TimeSpan.FromSeconds(2);

    /// <summary>So much is written at once, and counts as a sign of life when it has left.</summary>
    private const int MaxWrite = 64 * 1024;

    private readonly SecureConnection _connection;
    private readonly TimeProvider _time;
    private readonly Action<OpenConnection> _onClosed;
    private readonly CancellationTokenSource _closing = new();
    private long _lastUsed;
    private int _closed;

    public OpenConnection(SecureConnection connection, PeerEndPoint endPoint, bool isDialled, TimeProvider time, Action<OpenConnection> onClosed)
    {
        _connection = connection;
        _time = time;
        _onClosed = onClosed;
        _lastUsed = time.GetTimestamp();
        Peer = new Contact(connection.Peer, endPoint);
        IsDialled = isDialled;
        Closed = _closing.Token;
    }

    public Contact Peer { get; }

    /// <summary>Whether this node opened the stream.</summary>
    public bool IsDialled { get; }

    /// <summary>Cancelled when the stream was cut or closed.</summary>
    public CancellationToken Closed { get; }

    /// <summary>How long no byte has passed.</summary>
    public TimeSpan Idle => _time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int length = await _connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Touch();
            return length;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Cut();
            throw new IOException($"The stream with {Peer} was cut: what arrived may not be all that was sent.", e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        bool written = false;
        try
        {
            for (ReadOnlyMemory<byte> rest = buffer; !rest.IsEmpty;)
            {
                int part = Math.Min(rest.Length, MaxWrite);
                await _connection.WriteAsync(rest[..part], cancellationToken).ConfigureAwait(false);
                rest = rest[part..];
                Touch();
            }

            written = true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new IOException($"The stream with {Peer} was cut: what was written may not have arrived.", e);
        }
        finally
        {
            if (!written)
            {
                Cut(); // Nobody knows how much of it has left, so nothing can follow it.
            }
        }
    }

    /// <summary>Says that there is no more to say.</summary>
    public async Task EndAsync()
    {
        try
        {
            await _connection.EndAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Cut();
        }
    }

    /// <summary>Closes the stream after all was said, and has arrived.</summary>
    /// <param name="ending">What says the last of it.</param>
    public async ValueTask CloseAsync(Task ending)
    {
        using CancellationTokenSource patience = new(Lingering, _time);
        try
        {
            await ending.WaitAsync(patience.Token).ConfigureAwait(false);
            byte[] rest = new byte[4096];
            while (await _connection.ReadAsync(rest, patience.Token).ConfigureAwait(false) > 0)
            {
                // Nobody reads any more what comes now.
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or NotSupportedException)
        {
            // The other side is gone or slow, or the application's reading has not ended (SslStream reads one at a time): closing is what remains.
        }

        Cut();
    }

    /// <summary>Closes the stream at once. Reading and writing fail, on both sides unless all was said.</summary>
    public void Cut()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            try
            {
                _connection.Dispose();
            }
            finally
            {
                _onClosed(this);
                TellClosed();
            }
        }
    }

    private void TellClosed()
    {
        try
        {
            _closing.Cancel();
        }
        catch (AggregateException)
        {
            // It is the application's callback that failed; its stream is closed all the same.
        }
    }

    private void Touch() => Volatile.Write(ref _lastUsed, _time.GetTimestamp());
}
