using System.Runtime.CompilerServices;
using Kademlia.Core;
using Kademlia.Records;

namespace Kademlia;

/// <content>Putting, deleting and getting records.</content>
public sealed partial class KademliaNode
{
    /// <summary>Stores a value under this node's key and a name: an owner record, that only this node's key can change or delete.</summary>
    /// <param name="name">The name: at most 64 bytes of UTF-8. With the public key it makes the record's key.</param>
    /// <param name="value">The value: at most <see cref="KademliaOptions.MaxValueLength"/> bytes, and 768 under an open key.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up waiting; some nodes may hold the record.</param>
    /// <returns>What each node said.</returns>
    /// <exception cref="ArgumentException">The name or the value is too long, or an option is wrong.</exception>
    /// <exception cref="KademliaException">The last record of the name has the greatest sequence there is, or the node's key cannot sign.</exception>
    public Task<PutReceipt> PutAsync(
        string name, ReadOnlyMemory<byte> value, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        byte[] salt = RecordKey.EncodeName(name);
        return PutAsync(OwnerKey(salt), salt, value, options, cancellationToken);
    }

    /// <summary>Stores a value under its own hash. Nobody can change or delete it.</summary>
    /// <inheritdoc cref="PutAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/>
    public Task<PutReceipt> PutContentAsync(
        ReadOnlyMemory<byte> value, PutOptions? options = null, CancellationToken cancellationToken = default) =>
        PutAsync(RecordKey.ForContent(value.Span), [], value, options, cancellationToken);

    /// <summary>Stores a value in this node's slot under an open key, where every writer has one.</summary>
    /// <inheritdoc cref="PutAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/>
    public Task<PutReceipt> PutOpenAsync(
        string name, ReadOnlyMemory<byte> value, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        byte[] salt = RecordKey.EncodeName(name);
        return PutAsync(RecordKey.ForName(salt), salt, value, options, cancellationToken);
    }

    /// <summary>Deletes this node's owner record of a name: a signed marker takes its place until no holder can have it any more.</summary>
    /// <inheritdoc cref="PutAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/>
    public Task<PutReceipt> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        byte[] salt = RecordKey.EncodeName(name);
        return DeleteAsync(OwnerKey(salt), salt, cancellationToken);
    }

    /// <summary>Deletes this node's record under the open key of a name.</summary>
    /// <inheritdoc cref="PutAsync(string, ReadOnlyMemory{byte}, PutOptions?, CancellationToken)"/>
    public Task<PutReceipt> DeleteOpenAsync(string name, CancellationToken cancellationToken = default)
    {
        byte[] salt = RecordKey.EncodeName(name);
        return DeleteAsync(RecordKey.ForName(salt), salt, cancellationToken);
    }

    /// <summary>Finds what is stored under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">What to be content with; null for the defaults.</param>
    /// <param name="cancellationToken">Gives the search up.</param>
    /// <returns>The verified records, or none.</returns>
    /// <exception cref="ArgumentException">The key is none, or an option is wrong.</exception>
    public Task<GetResult> GetAsync(RecordKey key, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfNotKey(key);
        options ??= new GetOptions();
        options.Validate();
        return RunAsync((core, scope) => core.Getting.GetAsync(key, options, scope), cancellationToken);
    }

    /// <summary>Finds every writer's record under an open key, as they come; a newer one of the same writer may follow.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives the search up.</param>
    public async IAsyncEnumerable<Record> GetAllAsync(
        RecordKey key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfNotKey(key);
        await foreach (RecordChange found in StreamAsync(FindAllAsync, cancellationToken).ConfigureAwait(false))
        {
            if (!found.Record.IsTombstone)
            {
                yield return found.Record;
            }
        }

        CoreTask<GetResult> FindAllAsync(NodeCore core, CancelScope scope, Action<RecordChange> tell) =>
            core.Getting.StreamAsync(key, new GetOptions(), record => tell(new RecordChange(RecordChangeKind.Current, record)), scope);
    }

    internal static void ThrowIfTooLong(RecordKind kind, ReadOnlyMemory<byte> value, CoreOptions options)
    {
        int most = RecordShape.MaxValueLength(kind);
        if (value.Length > Math.Min(most, options.MaxValueLength))
        {
            throw new ArgumentException(
                options.MaxValueLength < most
                    ? $"A value has at most {options.MaxValueLength} bytes here; this has {value.Length}. See {nameof(KademliaOptions)}.{nameof(KademliaOptions.MaxValueLength)}."
                    : $"A value has at most {most} bytes{(kind == RecordKind.Open ? " under an open key" : "")}; this has {value.Length}. What is longer can be provided as content ({nameof(PublishContentAsync)}).",
                nameof(value));
        }
    }

    private RecordKey OwnerKey(byte[] salt) => RecordKey.ForOwner(Identity.Algorithm, Identity.PublicKey.Span, salt);

    private PutCall CallFor(RecordKey key, byte[] salt, ReadOnlyMemory<byte> value, PutOptions? options)
    {
        ThrowIfTooLong(key.Kind, value, _host.Core.Options);
        options ??= new PutOptions();
        options.Validate(_options.MaxRecordLifetime);
        return new PutCall(key, salt, value.ToArray(), IsTombstone: false, options);
    }

    private Task<PutReceipt> PutAsync(
        RecordKey key, byte[] salt, ReadOnlyMemory<byte> value, PutOptions? options, CancellationToken cancellationToken)
    {
        PutCall call = CallFor(key, salt, value, options);
        return RunAsync((core, scope) => core.Putting.PutAsync(call, scope), cancellationToken);
    }

    private Task<PutReceipt> DeleteAsync(RecordKey key, byte[] salt, CancellationToken cancellationToken)
    {
        PutCall call = new(key, salt, default, IsTombstone: true, new PutOptions());
        return RunAsync((core, scope) => core.Putting.PutAsync(call, scope), cancellationToken);
    }

    private static void ThrowIfNotKey(RecordKey key)
    {
        if (key.Kind == default)
        {
            throw new ArgumentException("The key has no kind. Make one with RecordKey.ForContent, ForOwner, ForName or Parse.", nameof(key));
        }
    }
}
