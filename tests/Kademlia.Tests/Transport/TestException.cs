namespace Kademlia.Tests.Transport;

/// <summary>What a handler throws on purpose.</summary>
public sealed class TestException : Exception;
