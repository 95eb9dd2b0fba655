namespace Kademlia.Messages;

/// <summary>What a datagram says. A reply's kind is its request's with <see cref="Reply"/> added; the numbers are the wire's.</summary>
internal enum MessageKind : byte
{
    None = 0,
    Ping = 1,
    FindNode = 2,
    FindValue = 3,
    Store = 4,
    Prove = 5,
    Talk = 6,

    Digest = 7,

    /// <summary>Being told of changes.</summary>
    Subscribe = 8,

    /// <summary>Dial-back.</summary>
    Probe = 9,

    /// <summary>The bit that turns a request's kind into its reply's.</summary>
    Reply = 0x40,

    /// <summary>A reply to a request of a kind that the answerer does not know: it lives, and cannot help.</summary>
    Unsupported = 0x7e,

    /// <summary>A reply to any request: here is a fresh token, ask again with it.</summary>
    Retry = 0x7f,
}
