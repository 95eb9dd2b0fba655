using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Kademlia.Content;

/// <summary>Fetches content from several providers at once, and believes none of them.</summary>
/// <remarks>
/// Each provider has a few requests under way. What one does not deliver the others are asked for; near the end the same is asked of
/// several. What the destination has already is not fetched again. Its lock guards the plan alone; nothing is awaited under it.
/// </remarks>
internal sealed class BlockFetch(
    NodeId key, Manifest manifest, ContentBytes destination, TimeProvider time, Func<Action, Task> compute, Action<int> onFetched)
{
    /// <summary>What is under way with one provider: 2 MiB.</summary>
    private const int MaxAhead = 8;

    /// <summary>So many elements of one provider are hashed while the next is received: SHA-256 takes longer than receiving where the processor has no instructions for it.</summary>
    private const int MaxVerifying = 3;

    private readonly Lock _gate = new();
    private readonly BlockPlan _plan = new(manifest);
    private readonly Dictionary<BlockWork, int> _askers = [];
    private readonly long _lengthBefore = destination.Length;
    private TaskCompletionSource _changed = new();

    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return _plan.IsDone;
            }
        }
    }

    /// <summary>What the destination failed with; null while it does not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Fetches from one provider until all is done.</summary>
    /// <exception cref="IOException">The provider fails, or does not have it.</exception>
    /// <exception cref="InvalidDataException">The provider lies.</exception>
    public async Task FetchAsync(IDuplexPipe provider, Action<int> onBytes, CancellationToken cancellationToken)
    {
        Queue<BlockWork> asked = [];
        Queue<Task> verifying = [];
        using CancellationTokenSource deadline = new(Timeout.InfiniteTimeSpan, time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (!IsDone)
            {
                Task changed = Changed;
                await AskAsync(provider.Output, asked, mayRepeat: verifying.Count == 0, linked.Token).ConfigureAwait(false);
                if (asked.TryPeek(out BlockWork? work))
                {
                    deadline.CancelAfter(BlockRequest.AnswerTime);
                    byte[] bytes = await ReceiveAsync(provider.Input, work, linked.Token).ConfigureAwait(false);
                    deadline.CancelAfter(Timeout.InfiniteTimeSpan);
                    asked.Dequeue();
                    verifying.Enqueue(VerifyAsync(work, bytes, onBytes, cancellationToken));
                }

                if (verifying.Count > (asked.Count > 0 ? MaxVerifying : 0))
                {
                    await verifying.Dequeue().ConfigureAwait(false);
                }
                else if (asked.Count == 0 && !IsDone)
                {
                    await changed.WaitAsync(linked.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"It did not answer within {BlockRequest.AnswerTime.TotalSeconds} s.");
        }
        finally
        {
            foreach (BlockWork work in asked)
            {
                Release(work);
            }

            await Task.WhenAll(verifying).ConfigureAwait(false);
        }
    }

    private Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    private async Task AskAsync(PipeWriter writer, Queue<BlockWork> asked, bool mayRepeat, CancellationToken cancellationToken)
    {
        bool any = false;
        while (asked.Count < MaxAhead && Claim(mayRepeat && asked.Count == 0) is { } work)
        {
            if (await IsHereAsync(work, cancellationToken).ConfigureAwait(false))
            {
                Release(work);
                continue;
            }

            asked.Enqueue(work);
            new BlockRequest(key, work.Level, work.Element).WriteTo(writer.GetSpan(BlockRequest.Length));
            writer.Advance(BlockRequest.Length);
            any = true;
        }

        if (any)
        {
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next element to ask a provider for; one that is asked for nothing else is asked for what others might not deliver.</summary>
    private BlockWork? Claim(bool mayRepeat)
    {
        lock (_gate)
        {
            BlockWork? work = _plan.Next() ?? (mayRepeat ? _askers.Keys.Where(_plan.IsUnderWay).MinBy(w => _askers[w]) : null);
            if (work is not null)
            {
                _askers[work] = _askers.GetValueOrDefault(work) + 1;
            }

            return work;
        }
    }

    /// <summary>One asker less: what nobody is asked for any more is asked for again, unless it has come.</summary>
    private void Release(BlockWork work)
    {
        lock (_gate)
        {
            int left = _askers[work] - 1;
            if (left > 0)
            {
                _askers[work] = left;
            }
            else
            {
                _askers.Remove(work);
                _plan.Return(work);
            }
        }

        Wake();
    }

    /// <summary>Whether a block lies at the destination already, as after a restart.</summary>
    private async Task<bool> IsHereAsync(BlockWork work, CancellationToken cancellationToken)
    {
        int length = manifest.Shape.LengthOf(work.Level, work.Element);
        long offset = work.Element * BlockShape.BlockLength;
        if (work.Level > 0 || offset + length > _lengthBefore)
        {
            return false;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(BlockShape.BlockLength);
        try
        {
            await destination.ReadAsync(offset, bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            return work.Hash.Span.SequenceEqual(BlockHash.Of(0, bytes.AsSpan(0, length))) && Complete(work, default, length);
        }
        catch (IOException)
        {
            return false; // What cannot be read is fetched.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Reads an answer. The buffer is <see cref="VerifyAsync"/>'s to give back.</summary>
    private async Task<byte[]> ReceiveAsync(PipeReader reader, BlockWork work, CancellationToken cancellationToken)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(BlockShape.BlockLength);
        try
        {
            int length = manifest.Shape.LengthOf(work.Level, work.Element);
            await ReadAsync(reader, bytes.AsMemory(0, BlockRequest.HeadLength), cancellationToken).ConfigureAwait(false);
            ThrowUnlessComes(bytes, length);
            await ReadAsync(reader, bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            return bytes;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    /// <summary>Hashes an element while the next is received, and keeps it if it is right.</summary>
    private async Task VerifyAsync(BlockWork work, byte[] bytes, Action<int> onBytes, CancellationToken cancellationToken)
    {
        try
        {
            Memory<byte> element = bytes.AsMemory(0, manifest.Shape.LengthOf(work.Level, work.Element));
            bool isRight = false;
            await compute(() => isRight = work.Hash.Span.SequenceEqual(BlockHash.Of(work.Level, element.Span))).ConfigureAwait(false);
            if (!isRight)
            {
                throw new InvalidDataException($"It gave wrong bytes for element {work.Element} of level {work.Level}.");
            }

            if (work.Level == 0)
            {
                await WriteAsync(work.Element * BlockShape.BlockLength, element, cancellationToken).ConfigureAwait(false);
            }

            Complete(work, element, work.Level == 0 ? element.Length : 0);
            onBytes(element.Length);
        }
        finally
        {
            Release(work);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async Task WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await destination.WriteAsync(offset, bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failure = e;
            throw;
        }
    }

    private static void ThrowUnlessComes(ReadOnlySpan<byte> head, int length)
    {
        if (head[0] == BlockRequest.NotHere)
        {
            throw new IOException("It does not have it, or no longer.");
        }

        int told = BinaryPrimitives.ReadInt32BigEndian(head[1..]);
        if (head[0] != BlockRequest.Here || told != length)
        {
            throw new InvalidDataException($"It gave {told} bytes where {length} are.");
        }
    }

    private static async Task ReadAsync(PipeReader reader, Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (!destination.IsEmpty)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, destination.Length));
            int length = (int)part.Length;
            part.CopyTo(destination.Span);
            destination = destination[length..];
            reader.AdvanceTo(part.End); // From here on its memory is another's.
            if (read.IsCompleted && length == 0)
            {
                throw new IOException("It closed the stream.");
            }
        }
    }

    private bool Complete(BlockWork work, ReadOnlyMemory<byte> bytes, int length)
    {
        bool isNew;
        lock (_gate)
        {
            isNew = _plan.TryComplete(work, bytes);
        }

        if (isNew)
        {
            onFetched(length);
        }

        Wake();
        return true;
    }

    private void Wake()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = new TaskCompletionSource();
        }

        changed.TrySetResult();
    }
}
