using Kademlia.Core;

namespace Kademlia;

/// <content>Publishing records for as long as a lease is held.</content>
public sealed partial class KademliaNode
{
    /// <summary>Stores a value as <see cref="PutAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/> does, and keeps it published until the lease is disposed.</summary>
    /// <remarks>
    /// <para>
    /// Of each key this node keeps what was written last: a later put or publication under the key takes the place of this one. The
    /// lease ends with the node.
    /// </para>
    /// <para>
    /// With a store that is an <see cref="Records.INodeStateStore"/>, the node goes on publishing after a restart, however it ended, whatever
    /// was published, or put, and neither let go nor deleted: <see cref="OwnRecords"/> has it. Publishing the same value again then gives a
    /// lease of it as it is, under the sequence that it has; another value takes its place.
    /// </para>
    /// </remarks>
    /// <param name="name">The name: at most 64 bytes of UTF-8. With the public key it makes the record's key.</param>
    /// <param name="value">The value: at most <see cref="KademliaOptions.MaxValueLength"/> bytes, and 768 under an open key.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up waiting; some nodes may hold the record, and nothing is kept published but what was before.</param>
    /// <returns>
    /// The lease, also when too few nodes took the record or another stands in its place: <see cref="RecordLease.Health"/> tells.
    /// </returns>
    /// <exception cref="ArgumentException">The name or the value is too long, or an option is wrong.</exception>
    /// <exception cref="KademliaException">The last record of the name has the greatest sequence there is, or the node's key cannot sign.</exception>
    public Task<RecordLease> PublishAsync(
        string name, ReadOnlyMemory<byte> value, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        byte[] salt = RecordKey.EncodeName(name);
        return PublishAsync(CallFor(OwnerKey(salt), salt, value, options), cancellationToken);
    }

    /// <summary>Stores a value under its own hash, and keeps it published until the lease is disposed.</summary>
    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/>
    public Task<RecordLease> PublishContentAsync(
        ReadOnlyMemory<byte> value, PutOptions? options = null, CancellationToken cancellationToken = default) =>
        PublishAsync(CallFor(RecordKey.ForContent(value.Span), [], value, options), cancellationToken);

    /// <summary>Stores a value in this node's slot under an open key, and keeps it published until the lease is disposed.</summary>
    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/>
    public Task<RecordLease> PublishOpenAsync(
        string name, ReadOnlyMemory<byte> value, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        byte[] salt = RecordKey.EncodeName(name);
        return PublishAsync(CallFor(RecordKey.ForName(salt), salt, value, options), cancellationToken);
    }

    private async Task<RecordLease> PublishAsync(PutCall call, CancellationToken cancellationToken)
    {
        if (!call.Options.Republish)
        {
            throw new ArgumentException(
                $"{nameof(PutOptions)}.{nameof(PutOptions.Republish)} is false, and a lease is there to republish. "
                + "Leave it out, or put the record without a lease.");
        }

        Publication publication = await RunAsync(
            (core, scope) => core.Putting.PublishOrResumeAsync(call, scope), cancellationToken).ConfigureAwait(false);
        return new RecordLease(_host, call, publication);
    }
}
