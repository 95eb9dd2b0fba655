namespace Kademlia.Streams;

/// <summary>How a listener answers to a protocol's name (PROTOCOL.md, 9.4).</summary>
internal enum StreamStatus : byte
{
    /// <summary>What follows is the protocol's.</summary>
    Open = 0,

    /// <summary>Nobody handles it there.</summary>
    UnknownProtocol = 1,

    /// <summary>Too many streams are open there.</summary>
    Busy = 2,
}
