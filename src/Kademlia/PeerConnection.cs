using System.IO.Pipelines;
using Kademlia.Streams;

namespace Kademlia;

/// <summary>A stream to another node, whose id is proven and which nobody on the way can read, change or cut unnoticed.</summary>
/// <remarks>
/// <para>One reader and one writer may use it at once. Writing waits while the other side does not read. Complete <see cref="Output"/> when there is no more to
/// say: the other side then reads the end. Where the stream is disposed before, or cut by somebody, the other side's reading fails with an
/// <see cref="IOException"/>, so that nobody takes a part for the whole.</para>
/// <para>A stream on which no byte passes either way for <see cref="KademliaOptions.StreamIdleTimeout"/> is cut.</para>
/// </remarks>
public sealed class PeerConnection : IDuplexPipe, IAsyncDisposable
{
    /// <summary>What is read or written at once: four TLS records.</summary>
    private const int BufferLength = 64 * 1024;

    private readonly OpenConnection _connection;
    private readonly EndingWriter _output;

    internal PeerConnection(OpenConnection connection)
    {
        _connection = connection;
        _output = new EndingWriter(connection, BufferLength);
        Input = PipeReader.Create(connection, new StreamPipeReaderOptions(bufferSize: BufferLength, minimumReadSize: BufferLength / 4, leaveOpen: true));
    }

    /// <summary>The other node: its id is proven; the endpoint is that of the connection.</summary>
    public Contact Peer => _connection.Peer;

    /// <summary>What the other side says.</summary>
    public PipeReader Input { get; }

    /// <summary>What is said to the other side.</summary>
    public PipeWriter Output => _output;

    /// <summary>Cancelled when the stream was cut or closed.</summary>
    internal CancellationToken Closed => _connection.Closed;

    /// <summary>Closes the stream. Where <see cref="Output"/> was not completed before, the other side learns that something may be missing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_output.Ending is { } ending)
        {
            await _connection.CloseAsync(ending).ConfigureAwait(false);
        }
        else
        {
            _connection.Cut();
        }
    }
}
