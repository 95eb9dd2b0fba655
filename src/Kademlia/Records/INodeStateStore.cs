namespace Kademlia.Records;

/// <summary>A record store that also keeps what a node is to know of itself after a restart: whom it knew, and what it wrote.</summary>
/// <remarks>
/// Given as <see cref="KademliaOptions.RecordStore"/>. Saves must not block; they complete when what they save is as durable as the store
/// promises. Those under one key take effect in the order in which they were called. A store that cannot save throws, and the node goes on without.
/// </remarks>
public interface INodeStateStore : IRecordStore
{
    /// <summary>What was saved before the store was opened, read once, when the node starts.</summary>
    NodeState LoadState();

    /// <summary>Saves contacts over those of before.</summary>
    /// <param name="contacts">Whom the node knows now.</param>
    /// <param name="cancellationToken">Gives up waiting; they may be saved or not.</param>
    ValueTask SaveContactsAsync(IReadOnlyList<Contact> contacts, CancellationToken cancellationToken);

    /// <summary>Saves what is to be known of a slot over what was known under its key. Called under the node's lock.</summary>
    /// <param name="own">What the node wrote there.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be saved or not.</param>
    ValueTask SaveOwnAsync(OwnRecordState own, CancellationToken cancellationToken);

    /// <summary>Forgets what was known under a key. Called under the node's lock.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be forgotten or not.</param>
    ValueTask ForgetOwnAsync(RecordKey key, CancellationToken cancellationToken);
}
