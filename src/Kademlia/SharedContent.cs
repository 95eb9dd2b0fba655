using Kademlia.Content;

namespace Kademlia;

/// <summary>Content that this node provides until it is disposed: its key is kept published, and its bytes are served from where they lie.</summary>
/// <remarks>
/// Whoever changes the file ends that in silence: what was changed is not served any more. All members may be used from any thread at once.
/// </remarks>
public sealed class SharedContent : IAsyncDisposable
{
    private static readonly TimeSpan WithdrawalTime = TimeSpan.FromSeconds(5);

    private readonly BlockServer _server;
    private readonly ProvidedContent _content;
    private readonly RecordLease _manifest;
    private readonly RecordLease _announcement;
    private readonly TimeProvider _time;
    private int _disposed;

    internal SharedContent(BlockServer server, ProvidedContent content, RecordLease manifest, RecordLease announcement, TimeProvider time) =>
        (_server, _content, _manifest, _announcement, _time) = (server, content, manifest, announcement, time);

    /// <summary>The content's key, under which others fetch it.</summary>
    public RecordKey Key => _manifest.Key;

    /// <summary>How long it is, in bytes.</summary>
    public long Length => _content.Tree.Shape.Length;

    /// <summary>How the record that describes the content stands.</summary>
    public LeaseHealth Health => _manifest.Health;

    /// <summary>How the announcement that this node provides it stands.</summary>
    public LeaseHealth AnnouncementHealth => _announcement.Health;

    /// <summary>Provides the content no longer, tells so for 5 s at most, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _server.Remove(Key.Hash, _content);
        using CancellationTokenSource patience = new(WithdrawalTime, _time);
        try
        {
            await _announcement.DeleteAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // It expires; whoever asks until then is told that the content is not here.
        }

        await _announcement.DisposeAsync().ConfigureAwait(false);
        await _manifest.DisposeAsync().ConfigureAwait(false);
        await _content.DisposeAsync().ConfigureAwait(false);
    }
}
