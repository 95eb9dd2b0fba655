using System.Buffers.Binary;
using Kademlia.Streams;

namespace Kademlia.Simulation.Running.Streams;

/// <summary>A virtual connection whose sides have proven their ids: each write is a frame behind its length, and the end is an empty one.</summary>
internal sealed class FramedConnection(Stream connection, NodeId peer, UInt128 nonce) : SecureConnection
{
    private int _left;
    private bool _ended;

    public override NodeId Peer => peer;

    public override UInt128 Nonce => nonce;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_left == 0 && !_ended)
        {
            byte[] length = new byte[sizeof(int)];
            await ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
            _left = BinaryPrimitives.ReadInt32BigEndian(length);
            _ended = _left == 0;
        }

        if (_ended)
        {
            return 0;
        }

        int read = await connection.ReadAsync(buffer[..Math.Min(_left, buffer.Length)], cancellationToken).ConfigureAwait(false);
        _left -= read;
        return read > 0 ? read : throw Cut();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!buffer.IsEmpty)
        {
            await WriteFrameAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
    }

    public override Task EndAsync() => WriteFrameAsync(ReadOnlyMemory<byte>.Empty, CancellationToken.None);

    public override void Dispose() => connection.Dispose();

    private async Task WriteFrameAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        byte[] frame = new byte[sizeof(int) + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, bytes.Length);
        bytes.CopyTo(frame.AsMemory(sizeof(int)));
        await connection.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadExactlyAsync(byte[] destination, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ReadExactlyAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw Cut();
        }
    }

    private static IOException Cut() => new("The connection was cut: what arrived may not be all that was sent.");
}
