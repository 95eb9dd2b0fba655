using System.Net.Sockets;
using Kademlia.Transport;

namespace Kademlia;

/// <summary>What a node is bound to: the transports of its options, or sockets for datagrams and for streams on one port.</summary>
internal readonly record struct NodeSockets(IDatagramTransport Datagrams, IStreamTransport? Streams)
{
    public static NodeSockets Open(KademliaOptions options)
    {
        bool streams = options.MaxStreams > 0;
        if (options.Transport is { } given)
        {
            return new NodeSockets(given, streams ? options.StreamTransport : null);
        }

        if (!streams || options.StreamTransport is not null)
        {
            return new NodeSockets(UdpTransport.Bind([.. options.ListenAddresses], options.Port), streams ? options.StreamTransport : null);
        }

        List<Socket> sockets = SocketBinder.Bind([.. options.ListenAddresses], options.Port, SocketType.Dgram, SocketType.Stream);
        return new NodeSockets(
            UdpTransport.Over(sockets.Where(s => s.SocketType == SocketType.Dgram)),
            TcpStreamTransport.Over(sockets.Where(s => s.SocketType == SocketType.Stream)));
    }
}
