using Kademlia.Content;

namespace Kademlia;

/// <content>Content of any length: a record says what it is, and whoever has it serves it over streams.</content>
public sealed partial class KademliaNode
{
    private const string PartSuffix = ".part";

    /// <summary>Provides a file: publishes what it is, announces that this node has it, and serves it from where it lies, until the result is disposed.</summary>
    /// <remarks>
    /// The file is read once, to hash it. The hashes stay in memory and take an 8,192nd of its length. It is announced where the node is now: publish it
    /// again when that changes.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told how much is hashed; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; nothing is provided then.</param>
    /// <returns>The content's key, under which others fetch it: the same for the same bytes, whoever provides them.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="KademliaException">This node has no streams, does not know where others reach it, or shares the same content already.</exception>
    public Task<SharedContent> PublishContentAsync(
        string path, IProgress<ContentProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ShareAsync(FileBytes.Open(path), progress, cancellationToken);
    }

    /// <summary>Provides what a stream holds, until the result is disposed. The stream stays the caller's, who does not use it meanwhile.</summary>
    /// <param name="content">A stream that can be read and sought.</param>
    /// <param name="progress">Told how much is hashed; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; nothing is provided then.</param>
    /// <inheritdoc cref="PublishContentAsync(string, IProgress{ContentProgress}?, CancellationToken)"/>
    public Task<SharedContent> PublishContentAsync(
        Stream content, IProgress<ContentProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ThrowUnless(content.CanRead && content.CanSeek, "read and sought", nameof(content));
        return ShareAsync(new StreamBytes(content), progress, cancellationToken);
    }

    /// <summary>Fetches content to a file, from all who provide it at once, and verifies every part.</summary>
    /// <remarks>
    /// The file appears when all is there. Until then what was fetched lies beside it under the same name with <c>.part</c> at its end; a later
    /// call goes on with that, also after a restart, and fetches only what is missing.
    /// </remarks>
    /// <param name="key">The content's key.</param>
    /// <param name="path">The file, which must not be there yet.</param>
    /// <param name="progress">Told how much is there; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; what was fetched stays.</param>
    /// <returns>Who gave it, and who failed or lied.</returns>
    /// <exception cref="ArgumentException">The key is not one of content.</exception>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    /// <exception cref="KademliaException">Nobody describes or provides the content, or all who do failed; the message tells each.</exception>
    public async Task<FetchedContent> FetchContentAsync(
        RecordKey key, string path, IProgress<ContentProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
        {
            throw new IOException($"There is a file '{path}' already. Name another, or move that one away.");
        }

        FetchedContent fetched = await FetchAsync(key, () => FileBytes.Make(path + PartSuffix), progress, cancellationToken).ConfigureAwait(false);
        File.Move(path + PartSuffix, path);
        return fetched;
    }

    /// <summary>Fetches content into a stream, from all who provide it at once, and verifies every part.</summary>
    /// <remarks>Blocks that the stream holds already are not fetched. In the end it has the content's length, and its position is 0.</remarks>
    /// <param name="key">The content's key.</param>
    /// <param name="destination">A stream that can be read, written and sought. It stays the caller's.</param>
    /// <param name="progress">Told how much is there; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; what was fetched stays.</param>
    /// <inheritdoc cref="FetchContentAsync(RecordKey, string, IProgress{ContentProgress}?, CancellationToken)"/>
    public Task<FetchedContent> FetchContentAsync(
        RecordKey key, Stream destination, IProgress<ContentProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ThrowUnless(destination.CanRead && destination.CanWrite && destination.CanSeek, "read, written and sought", nameof(destination));
        return FetchAsync(key, () => new StreamBytes(destination), progress, cancellationToken);
    }

    private async Task<SharedContent> ShareAsync(ContentBytes bytes, IProgress<ContentProgress>? progress, CancellationToken cancellationToken)
    {
        ProvidedContent? content = null;
        RecordLease? manifest = null;
        RecordKey key = default;
        try
        {
            _ = Streams;
            long hashed = 0;
            BlockTree tree = await BlockTree.BuildAsync(
                bytes, length => progress?.Report(new ContentProgress(hashed += length, bytes.Length, 0)), cancellationToken).ConfigureAwait(false);
            ThrowIfChanged(bytes);
            content = new ProvidedContent(bytes, tree);
            byte[] value = new Manifest(tree.Shape, tree.Root.ToArray()).Write();
            key = RecordKey.ForContent(value);
            ThrowIfShared(_blocks.TryAdd(key.Hash, content), key);
            manifest = await PublishContentAsync(value, options: null, cancellationToken).ConfigureAwait(false);
            RecordLease announcement = await PublishAnnouncementAsync(Manifest.ProvidersOf(key), cancellationToken).ConfigureAwait(false);
            return new SharedContent(_blocks, content, manifest, announcement, _services.Time);
        }
        catch
        {
            if (content is not null)
            {
                _blocks.Remove(key.Hash, content);
            }

            if (manifest is not null)
            {
                await manifest.DisposeAsync().ConfigureAwait(false);
            }

            await bytes.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<FetchedContent> FetchAsync(
        RecordKey key, Func<ContentBytes> open, IProgress<ContentProgress>? progress, CancellationToken cancellationToken)
    {
        if (key.Kind != RecordKind.Content)
        {
            throw new ArgumentException($"{key} is not a key of content.", nameof(key));
        }

        _ = Streams;
        GetResult described = await GetAsync(key, cancellationToken: cancellationToken).ConfigureAwait(false);
        Manifest manifest = Manifest.TryRead(described.Value.Span) ?? throw new KademliaException(
            described.Found
                ? $"Under {key} there is a value of {described.Value.Length} bytes itself, and no content in blocks: get it."
                : $"Nobody holds {key}. Whoever published it may have stopped more than a day ago.");
        ContentBytes destination = open();
        await using (destination.ConfigureAwait(false))
        {
            ContentDownload download = new(this, key, manifest, destination, progress, _services);
            await download.RunAsync(cancellationToken).ConfigureAwait(false);
            await destination.FinishAsync(manifest.Shape.Length, cancellationToken).ConfigureAwait(false);
            return new FetchedContent(key, manifest.Shape.Length, download.Providers);
        }
    }

    private static void ThrowIfChanged(ContentBytes bytes)
    {
        if (!bytes.IsUnchanged)
        {
            throw new IOException("The content was changed while it was read. Publish it again.");
        }
    }

    private static void ThrowIfShared(bool isNew, RecordKey key)
    {
        if (!isNew)
        {
            throw new KademliaException($"This node shares {key} already; dispose that before you share it again.");
        }
    }

    private static void ThrowUnless(bool holds, string needed, string parameter)
    {
        if (!holds)
        {
            throw new ArgumentException($"The stream must be one that can be {needed}.", parameter);
        }
    }
}
