using System.Net.Sockets;

namespace Kademlia.Loopback;

/// <summary>Something that answers requests on a loopback endpoint.</summary>
internal interface IContender
{
    /// <summary>What the table calls it.</summary>
    string Name { get; }

    /// <summary>Where it listens.</summary>
    PeerEndPoint EndPoint { get; }

    /// <summary>The length of each reply, in bytes.</summary>
    int ReplyLength { get; }

    /// <summary>What a client is to ask, in turn; each is answered with one datagram. The client's socket is connected, and may be used to prepare.</summary>
    byte[][] PrepareRequests(Socket client);
}
