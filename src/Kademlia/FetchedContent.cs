namespace Kademlia;

/// <summary>Content that was fetched, whole and verified.</summary>
public sealed class FetchedContent
{
    internal FetchedContent(RecordKey key, long length, IReadOnlyList<ContentProvider> providers) =>
        (Key, Length, Providers) = (key, length, providers);

    /// <summary>The content's key.</summary>
    public RecordKey Key { get; }

    /// <summary>How long it is, in bytes.</summary>
    public long Length { get; }

    /// <summary>The nodes that were asked for it, and what each gave.</summary>
    public IReadOnlyList<ContentProvider> Providers { get; }
}
