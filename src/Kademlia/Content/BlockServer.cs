using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace Kademlia.Content;

/// <summary>Serves the content that this node provides, to whoever asks for a part of it.</summary>
internal sealed class BlockServer(TimeProvider time)
{
    private readonly ConcurrentDictionary<NodeId, ProvidedContent> _provided = new();

    /// <summary>Provides content from now on; false when it is provided already.</summary>
    public bool TryAdd(NodeId key, ProvidedContent content) => _provided.TryAdd(key, content);

    /// <summary>Provides it no longer.</summary>
    public void Remove(NodeId key, ProvidedContent content) => _provided.TryRemove(KeyValuePair.Create(key, content));

    /// <summary>Answers requests, in their order, until there are no more or the other side is too slow.</summary>
    public async Task ServeAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(Timeout.InfiniteTimeSpan, time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (await TryServeOneAsync(pipe, deadline, linked.Token).ConfigureAwait(false))
            {
                // The next.
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It asked nothing for too long, or did not take its answer, whose stream is cut by that.
        }
    }

    private async Task<bool> TryServeOneAsync(IDuplexPipe pipe, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        deadline.CancelAfter(BlockRequest.IdleTime);
        ReadResult read = await pipe.Input.ReadAtLeastAsync(BlockRequest.Length, cancellationToken).ConfigureAwait(false);
        if (read.Buffer.Length < BlockRequest.Length)
        {
            return false;
        }

        BlockRequest request = Take(pipe.Input, read.Buffer);
        deadline.CancelAfter(BlockRequest.AnswerTime);
        await AnswerAsync(request, pipe.Output, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static BlockRequest Take(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[BlockRequest.Length];
        ReadOnlySequence<byte> request = buffer.Slice(0, BlockRequest.Length);
        request.CopyTo(bytes);
        reader.AdvanceTo(request.End);
        return BlockRequest.Read(bytes);
    }

    private async Task AnswerAsync(BlockRequest request, PipeWriter writer, CancellationToken cancellationToken)
    {
        bool isHere = _provided.TryGetValue(request.Key, out ProvidedContent? content) && content.Has(request.Level, request.Element);
        int length = isHere ? content!.Tree.Shape.LengthOf(request.Level, request.Element) : 0;
        Memory<byte> answer = writer.GetMemory(BlockRequest.HeadLength + length)[..(BlockRequest.HeadLength + length)];
        isHere = isHere && await content!.TryReadAsync(request.Level, request.Element, answer[BlockRequest.HeadLength..], cancellationToken).ConfigureAwait(false);
        length = isHere ? length : 0;
        BlockRequest.WriteHead(answer.Span, isHere ? BlockRequest.Here : BlockRequest.NotHere, length);
        writer.Advance(BlockRequest.HeadLength + length);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
