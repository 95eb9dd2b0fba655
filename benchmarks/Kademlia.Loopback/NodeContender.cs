using System.Net.Sockets;

namespace Kademlia.Loopback;

/// <summary>A node that is asked for the contacts closest to random points.</summary>
internal sealed class NodeContender : IContender
{
    public NodeContender(KademliaNode node)
    {
        EndPoint = node.LocalEndPoints[0];
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = LoadClient.ReplyTimeout;
        socket.Connect(EndPoint.ToIPEndPoint());
        FindNodeAsker asker = new(socket);
        byte[] request = asker.PrepareRequests()[0];
        RequestLength = request.Length;
        ReplyLength = asker.MeasureReply(request);
    }

    public string Name => "node";

    public PeerEndPoint EndPoint { get; }

    /// <summary>The length of each request, in bytes.</summary>
    public int RequestLength { get; }

    public int ReplyLength { get; }

    public byte[][] PrepareRequests(Socket client) => new FindNodeAsker(client).PrepareRequests();
}
