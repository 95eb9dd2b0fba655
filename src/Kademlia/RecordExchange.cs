using System.IO.Pipelines;
using Kademlia.Core;
using Kademlia.Streams;

namespace Kademlia;

/// <summary>Records over streams: asks other nodes, each over a stream of its own, and answers those who ask. PROTOCOL.md, section 9.5.</summary>
internal sealed class RecordExchange(NodeHost host, TimeProvider time, Func<Contact, string, CancellationToken, Task<PeerConnection>> openAsync)
{
    public const string Protocol = StreamProtocol.OwnPrefix + "records/1";

    /// <summary>Whoever asks nothing for so long has done.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    /// <summary>Asks a node, and reads its answer.</summary>
    /// <exception cref="KademliaException">There is no stream to the node.</exception>
    public async Task AskAsync(AskEffect ask, CancellationToken cancellationToken)
    {
        PeerConnection stream = await openAsync(ask.Contact, Protocol, cancellationToken).ConfigureAwait(false);
        FrameChannel channel = new(stream, time);
        try
        {
            if (await channel.TryWriteAsync(ask.Request, cancellationToken).ConfigureAwait(false)
                && await channel.ReadAsync(FrameChannel.FrameTime, cancellationToken).ConfigureAwait(false) is { } answer)
            {
                ask.Answer = answer;
                stream.Output.Complete();
            }
        }
        finally
        {
            _ = CloseAsync(stream); // Nobody waits until the other side has closed, too.
        }
    }

    /// <summary>Answers what is asked over a stream, one after the other, until it ends.</summary>
    public async Task ServeAsync(Contact asker, IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        FrameChannel channel = new(pipe, time);
        while (await channel.ReadAsync(IdleTime, cancellationToken).ConfigureAwait(false) is { } frame
            && await AnswerAsync(asker, frame, cancellationToken).ConfigureAwait(false) is { IsEmpty: false } answer
            && await channel.TryWriteAsync(answer, cancellationToken).ConfigureAwait(false))
        {
            // The next.
        }
    }

    private Task<ReadOnlyMemory<byte>> AnswerAsync(Contact asker, byte[] frame, CancellationToken cancellationToken) =>
        host.RunAsync((core, _) => core.LargeRecords.AnswerAsync(asker, frame), cancellationToken);

    private static async Task CloseAsync(PeerConnection stream) => await stream.DisposeAsync().ConfigureAwait(false);
}
