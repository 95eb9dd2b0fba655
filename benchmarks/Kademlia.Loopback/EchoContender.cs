using System.Net;
using System.Net.Sockets;
using Kademlia.Transport;

namespace Kademlia.Loopback;

/// <summary>The least that a server on <see cref="UdpTransport"/> can do: every datagram is answered with the same bytes.</summary>
internal sealed class EchoContender : IContender, IDisposable
{
    private readonly UdpTransport _transport = UdpTransport.Bind([IPAddress.Loopback], 0);
    private readonly byte[] _reply;
    private readonly int _requestLength;

    public EchoContender(int requestLength, int replyLength)
    {
        _requestLength = requestLength;
        _reply = new byte[replyLength];
        _transport.Start((_, from) => _transport.Send(_reply, from));
    }

    public string Name => "echo";

    public PeerEndPoint EndPoint => _transport.LocalEndPoints[0];

    public int ReplyLength => _reply.Length;

    public byte[][] PrepareRequests(Socket client) =>
        [.. Enumerable.Range(0, FindNodeAsker.RequestCount).Select(_ => new byte[_requestLength])];

    public void Dispose() => _transport.Dispose();
}
