using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Kademlia.Wire;

namespace Kademlia.Streams;

/// <summary>Reads and writes frames on a stream, within their bounds of length and time. PROTOCOL.md, section 9.5.</summary>
internal sealed class FrameChannel(IDuplexPipe pipe, TimeProvider time)
{
    /// <summary>A frame has to arrive, or to be taken, within this; at 8 KiB a second, the longest takes less.</summary>
    public static readonly TimeSpan FrameTime = TimeSpan.FromSeconds(10);

    /// <summary>Reads a frame.</summary>
    /// <param name="wait">How long it may take to begin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The frame; null when there is none any more, or it is too long, or comes too slowly.</returns>
    public async Task<byte[]?> ReadAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(wait, time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await TakeAsync(1, consume: false, linked.Token).ConfigureAwait(false);
            deadline.CancelAfter(FrameTime);
            byte[]? prefix = await TakeAsync(Frame.PrefixLength, consume: true, linked.Token).ConfigureAwait(false);
            uint length = prefix is null ? 0 : BinaryPrimitives.ReadUInt32BigEndian(prefix);
            return length is > 0 and <= Frame.MaxLength ? await TakeAsync((int)length, consume: true, linked.Token).ConfigureAwait(false) : null;
        }
        catch (Exception e) when (IsEnd(e, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Writes a frame.</summary>
    /// <returns>False when it was not taken in time, or the stream has ended.</returns>
    public async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(FrameTime, time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        BinaryPrimitives.WriteInt32BigEndian(pipe.Output.GetSpan(Frame.PrefixLength), frame.Length);
        pipe.Output.Advance(Frame.PrefixLength);
        try
        {
            await pipe.Output.WriteAsync(frame, linked.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsEnd(e, cancellationToken))
        {
            return false;
        }
    }

    private static bool IsEnd(Exception e, CancellationToken cancellationToken) =>
        e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Waits for so many bytes; null when the stream ends before.</summary>
    private async Task<byte[]?> TakeAsync(int length, bool consume, CancellationToken cancellationToken)
    {
        ReadOnlySequence<byte> read = (await pipe.Input.ReadAtLeastAsync(length, cancellationToken).ConfigureAwait(false)).Buffer;
        byte[]? taken = read.Length >= length ? read.Slice(0, length).ToArray() : null;
        pipe.Input.AdvanceTo(taken is not null && consume ? read.GetPosition(length) : read.Start);
        return taken;
    }
}
