namespace Kademlia.Content;

/// <summary>Content that this node provides, and the hashes over it.</summary>
internal sealed class ProvidedContent(ContentBytes bytes, BlockTree tree) : IAsyncDisposable
{
    public BlockTree Tree => tree;

    /// <summary>Whether there is such an element.</summary>
    public bool Has(int level, long element) =>
        level < tree.Shape.Levels && element >= 0 && element < tree.Shape.CountAt(level);

    /// <summary>Reads an element; false when the content is no longer what was published.</summary>
    public async ValueTask<bool> TryReadAsync(int level, long element, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (level > 0)
        {
            tree.Element(level, element).CopyTo(destination);
            return true;
        }

        try
        {
            await bytes.ReadAsync(element * BlockShape.BlockLength, destination, cancellationToken).ConfigureAwait(false);
            return bytes.IsUnchanged;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => bytes.DisposeAsync();
}
