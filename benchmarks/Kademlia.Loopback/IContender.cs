namespace Kademlia.Loopback;

/// <summary>Something that answers requests on a loopback endpoint.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>What the table calls it.</summary>
    string Name { get; }

    /// <summary>Where it listens.</summary>
    PeerEndPoint EndPoint { get; }

    /// <summary>What it is asked, in turn. It answers each with one datagram.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; }
}
