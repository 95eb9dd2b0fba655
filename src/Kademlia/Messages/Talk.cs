namespace Kademlia.Messages;

/// <summary>A message of the application. Needs a valid token.</summary>
internal readonly ref struct TalkRequest(ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> payload)
{
    /// <summary>The longest protocol name, in UTF-8 bytes.</summary>
    public const int MaxProtocolLength = 64;

    /// <summary>The name of the protocol, in UTF-8: 1 to 64 bytes.</summary>
    public ReadOnlySpan<byte> Protocol { get; } = protocol;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>The application's answer.</summary>
internal readonly ref struct TalkReply(TalkStatus status, ReadOnlySpan<byte> payload)
{
    public TalkStatus Status { get; } = status;

    /// <summary>Empty unless answered.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>What became of an application's message; the numbers are the wire's.</summary>
internal enum TalkStatus : byte
{
    Answered = 0,

    /// <summary>Nobody handles that protocol here.</summary>
    UnknownProtocol = 1,

    /// <summary>The handler failed.</summary>
    Failed = 2,

    /// <summary>Too many messages at once.</summary>
    Busy = 3,
}
