namespace Kademlia.Messages;

/// <summary>Tell me for a while when what you hold under a key changes. Needs a valid token.</summary>
/// <param name="Key">The key.</param>
internal readonly record struct SubscribeRequest(RecordKey Key);

/// <summary>What the answerer holds, and whether it will tell of a change: it does by another reply under the same transaction.</summary>
/// <param name="Status">Whether it will, or now does.</param>
/// <param name="State">Stands for all that it holds under the key; zero for nothing.</param>
/// <param name="Cursor">Where the record stands that has changed, for <see cref="FindValueRequest.Cursor"/>.</param>
internal readonly record struct SubscribeReply(SubscribeStatus Status, ulong State, int Cursor)
{
    /// <summary>So far a cursor may be told that one goes on from.</summary>
    public const int MaxCursor = (1 << 30) - 1;
}

/// <summary>What a reply to a subscription is; the numbers are the wire's.</summary>
internal enum SubscribeStatus : byte
{
    /// <summary>The asker will be told of the next change.</summary>
    Subscribed = 0,

    /// <summary>There is no room: the asker will not be told, and may ask again.</summary>
    Full = 1,

    /// <summary>What is held has changed. To be told of the next change, ask again.</summary>
    Changed = 2,
}
