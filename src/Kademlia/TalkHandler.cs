namespace Kademlia;

/// <summary>Answers a message of the application.</summary>
/// <param name="message">The message.</param>
/// <param name="cancellationToken">Cancelled when the node stops.</param>
/// <returns>The answer: at most 1,024 bytes.</returns>
public delegate ValueTask<ReadOnlyMemory<byte>> TalkHandler(TalkMessage message, CancellationToken cancellationToken);
