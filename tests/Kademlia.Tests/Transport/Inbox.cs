using System.Collections.Concurrent;

namespace Kademlia.Tests.Transport;

/// <summary>Keeps what a transport pushes, and waits for it.</summary>
public sealed class Inbox : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly BlockingCollection<Letter> _letters = [];

    /// <summary>How many datagrams came that nobody took yet.</summary>
    public int Count => _letters.Count;

    /// <summary>The handler to start a transport with.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, PeerEndPoint from) => _letters.Add(new Letter(datagram.ToArray(), from));

    /// <summary>Takes the next datagram.</summary>
    public Letter Take() => _letters.TryTake(out Letter letter, (int)Patience.TotalMilliseconds, TestContext.Current.CancellationToken)
        ? letter
        : throw new TimeoutException($"No datagram came within {Patience}.");

    public void Dispose() => _letters.Dispose();

    /// <summary>A datagram that came.</summary>
    public readonly record struct Letter(byte[] Bytes, PeerEndPoint From);
}
