using System.Net;
using Kademlia.Transport;

namespace Kademlia.Loopback;

/// <summary>The least that a server on <see cref="UdpTransport"/> can do: every datagram is answered with the same bytes.</summary>
internal sealed class EchoContender : IContender
{
    private readonly UdpTransport _transport = UdpTransport.Bind([IPAddress.Loopback], 0);

    public EchoContender(int requestLength, int replyLength)
    {
        byte[] reply = new byte[replyLength];
        Requests = [new byte[requestLength]];
        _transport.Start((_, from) => _transport.Send(reply, from));
    }

    public string Name => "echo";

    public PeerEndPoint EndPoint => _transport.LocalEndPoints[0];

    public IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; }

    public ValueTask DisposeAsync()
    {
        _transport.Dispose();
        return ValueTask.CompletedTask;
    }
}
