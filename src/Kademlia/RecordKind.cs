namespace Kademlia;

/// <summary>Who may write under a key. The number goes over the wire and into every key's hash.</summary>
public enum RecordKind
{
    /// <summary>Content-addressed: the key is the hash of the value. Nobody owns, changes or deletes it.</summary>
    Content = 1,

    /// <summary>A single writer: the key is the hash of its public key and a salt. It may change and delete the value.</summary>
    Owner = 2,

    /// <summary>A topic: the key is the hash of a name, and each writer has a signed slot of its own under it.</summary>
    Open = 3,
}
