using System.Diagnostics;
using Kademlia.Core;

namespace Kademlia;

/// <summary>Keeps a record published for as long as it is held: the node stores it again before it ages, and sooner where fewer took it than three quarters of those who should.</summary>
/// <remarks>
/// <para>
/// After a put that enough took, the next comes within <see cref="KademliaOptions.RepublishInterval"/>, at a moment left to chance. After one
/// that fewer took it comes in about a minute, and then in twice the time of the one before; while nobody answers, ten minutes at most.
/// </para>
/// <para>
/// A newer record in the same place, written by this node or by another with its key, ends the lease, which does not fight it:
/// <see cref="Health"/> tells. So does the node's end, after which a node with a store that keeps its state begins again with all leases that
/// were not disposed: see <see cref="KademliaNode.PublishAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/>. Disposing the
/// lease stops republishing, after a restart too, and deletes nothing.
/// </para>
/// <para>All members may be used from any thread at once.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class RecordLease : IAsyncDisposable
{
    private readonly NodeHost _host;
    private readonly PutCall _call;
    private OwnRecord _own;
    private bool _isDisposed;

    internal RecordLease(NodeHost host, PutCall call, Publication publication)
    {
        (_host, _call, _own) = (host, call, publication.Own);
        Receipt = publication.Receipt;
    }

    /// <summary>Where the record can be read.</summary>
    public RecordKey Key => _call.Key;

    /// <summary>The record, as it was signed last.</summary>
    public Record Record => _host.Read(_ => _own.Record);

    /// <summary>What each node said when the record was published. Of later puts <see cref="Health"/> has the numbers.</summary>
    public PutReceipt Receipt { get; }

    /// <summary>How the lease stands.</summary>
    public LeaseHealth Health => _host.Read(core => core.Putting.HealthOf(_own));

    /// <summary>Stores another value in the record's place, and keeps that published instead.</summary>
    /// <param name="value">The value: at most <see cref="KademliaOptions.MaxValueLength"/> bytes, and 768 under an open key.</param>
    /// <param name="cancellationToken">Gives up waiting; some nodes may hold the new record.</param>
    /// <returns>What each node said.</returns>
    /// <exception cref="ArgumentException">The value is too long.</exception>
    /// <exception cref="InvalidOperationException">The record is content, whose key is the hash of its value.</exception>
    /// <exception cref="KademliaException">The record has the greatest sequence there is, or the node's key cannot sign.</exception>
    public async Task<PutReceipt> UpdateAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        KademliaNode.ThrowIfTooLong(Key.Kind, value, _host.Core.Options);
        if (Key.Kind == RecordKind.Content)
        {
            throw new InvalidOperationException("Content cannot change: its key is the hash of its value. Publish the other value as well.");
        }

        PutCall update = _call with { Value = value.ToArray(), Options = new PutOptions { Lifetime = _call.Options.Lifetime } };
        Publication publication = await WriteAsync(update, cancellationToken).ConfigureAwait(false);
        _host.Turn(core => Hold(core.Putting, publication.Own));
        return publication.Receipt;
    }

    /// <summary>Deletes the record: a signed marker takes its place until no holder can have it any more. Content, which nobody can delete, is kept published no more.</summary>
    /// <param name="cancellationToken">Gives up waiting; some nodes may hold the marker.</param>
    /// <returns>What each node said; null for content, of which no node is asked anything.</returns>
    /// <exception cref="KademliaException">The record has the greatest sequence there is, or the node's key cannot sign.</exception>
    public async Task<PutReceipt?> DeleteAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Key.Kind == RecordKind.Content)
        {
            _host.Turn(core => core.Putting.Release(_own));
            return null;
        }

        PutCall delete = _call with { Value = default, IsTombstone = true, Options = new PutOptions() };
        return (await WriteAsync(delete, cancellationToken).ConfigureAwait(false)).Receipt;
    }

    /// <summary>Stops republishing. The record stays with its holders until it expires.</summary>
    public ValueTask DisposeAsync()
    {
        _host.Turn(core =>
        {
            _isDisposed = true;
            core.Putting.Release(_own);
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>The key and how many nodes hold the record.</summary>
    public override string ToString()
    {
        LeaseHealth health = Health;
        return $"{Key} stored on {health.Stored} of {health.Wanted} nodes, {(health.IsKept ? "kept" : "kept no more")}";
    }

    private Task<Publication> WriteAsync(PutCall call, CancellationToken cancellationToken) =>
        _host.RunAsync((core, scope) => core.Putting.PublishAsync(call, scope), cancellationToken);

    /// <summary>Of two updates at once the later put is kept, whichever is told first.</summary>
    private void Hold(Putting putting, OwnRecord updated)
    {
        _own = putting.IsKept(_own) ? _own : updated;
        if (_isDisposed)
        {
            putting.Release(_own);
        }
    }
}
