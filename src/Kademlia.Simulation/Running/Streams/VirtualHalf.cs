namespace Kademlia.Simulation.Running.Streams;

/// <summary>One direction of a virtual connection: bytes arrive whole and in order, as late as the link and what it loses have it.</summary>
internal sealed class VirtualHalf(VirtualWorld world, Internet internet, PeerEndPoint source, PeerEndPoint destination)
{
    /// <summary>So much is under way or unread at most; then writing waits for reading.</summary>
    private const int Window = 256 * 1024;

    private readonly Queue<byte[]> _arrived = [];
    private readonly Signal _reader = new(world, $"Reading a stream from {source} at {destination}");
    private readonly Signal _writer = new(world, $"Writing a stream from {source} to {destination}");
    private readonly Dictionary<int, Action> _early = [];
    private int _sent;
    private int _received;
    private int _offset;
    private int _outstanding;
    private bool _ended;
    private bool _writerClosed;
    private bool _readerClosed;
    private bool _readerSilent;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            ThrowIf(_writerClosed);
            int room = Math.Min(Window - _outstanding, bytes.Length);
            if (room > 0)
            {
                _outstanding += room;
                byte[] segment = bytes[..room].ToArray();
                bytes = bytes[room..];
                Send(segment, () => _arrived.Enqueue(segment));
            }
            else
            {
                await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_arrived.Count == 0 && !_ended)
        {
            ThrowIf(_readerClosed);
            await _reader.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        ThrowIf(_readerClosed);
        return _arrived.Count > 0 ? Take(buffer.Span) : 0;
    }

    /// <summary>The writer closes: the reader learns it in its time, unless the writer lost its power.</summary>
    public void CloseWriter(bool silently)
    {
        _writerClosed = true;
        _writer.Set();
        if (!silently)
        {
            Send([], () => _ended = true);
        }
    }

    /// <summary>The reader closes: the writer learns it when it writes, unless the reader lost its power.</summary>
    public void CloseReader(bool silently)
    {
        _readerClosed = true;
        _readerSilent = silently;
        _reader.Set();
    }

    private int Take(Span<byte> destination)
    {
        byte[] segment = _arrived.Peek();
        int length = Math.Min(destination.Length, segment.Length - _offset);
        segment.AsSpan(_offset, length).CopyTo(destination);
        _offset += length;
        if (_offset == segment.Length)
        {
            _arrived.Dequeue();
            _offset = 0;
        }

        _outstanding -= length;
        _writer.Set();
        return length;
    }

    private void Send(byte[] bytes, Action arrive)
    {
        int number = _sent++;
        internet.CarrySegment(source, destination, bytes, (_, _) => Arrive(number, arrive), onLost: Reset);
    }

    private void Arrive(int number, Action arrive)
    {
        if (!_readerClosed)
        {
            _early.Add(number, arrive);
            while (_early.Remove(_received, out Action? next))
            {
                _received++;
                next();
            }

            _reader.Set();
        }
        else if (!_readerSilent)
        {
            internet.CarrySegment(destination, source, default, (_, _) => Reset(), () => { });
        }
    }

    private void Reset()
    {
        _writerClosed = true;
        _writer.Set();
    }

    private static void ThrowIf(bool closed)
    {
        if (closed)
        {
            throw new IOException("The connection is closed, or nothing gets through any more.");
        }
    }

    /// <summary>Wakes the one that waits, in an event of its own: what completes inside the application's context would go on elsewhere.</summary>
    private sealed class Signal(VirtualWorld world, string operation)
    {
        private TaskCompletionSource? _waiting;

        public async ValueTask WaitAsync(CancellationToken cancellationToken)
        {
            TaskCompletionSource waiting = _waiting = new TaskCompletionSource();
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                _ => world.At(world.Now, () => waiting.TrySetCanceled(cancellationToken)), null);
            long number = world.BeginOperation(operation);
            try
            {
                await waiting.Task.ConfigureAwait(false);
            }
            finally
            {
                world.EndOperation(number);
            }
        }

        public void Set()
        {
            if (Interlocked.Exchange(ref _waiting, null) is { } waiting)
            {
                world.At(world.Now, () => waiting.TrySetResult());
            }
        }
    }
}
