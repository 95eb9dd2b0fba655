using System.Net;
using System.Net.Sockets;

namespace Kademlia.Transport;

/// <summary>Datagrams over UDP: one socket and one receiving thread for each address family, both on the same port.</summary>
/// <remarks>
/// Receiving and sending allocate nothing. The handler runs on the receiving threads, so two calls of it may overlap, one for each family;
/// while it runs, that family's datagrams wait in the kernel.
/// An exception that escapes the handler is counted and its datagram is lost; the thread goes on.
/// <para>
/// <see cref="Dispose"/> waits for handlers that are running: never call it under a lock that the handler takes. A handler may call it;
/// it then does not wait for itself.
/// </para>
/// <para>
/// A socket on a wildcard address answers from the address that the system's routes choose. A machine with several addresses in one
/// network should listen on the one that it is to be known by.
/// </para>
/// </remarks>
public sealed class UdpTransport : IDatagramTransport
{
    private readonly UdpChannel[] _channels;
    private int _started;
    private int _disposed;

    private UdpTransport(UdpChannel[] channels, UdpCounters counters)
    {
        _channels = channels;
        Counters = counters;
        LocalEndPoints = Array.AsReadOnly(Array.ConvertAll(channels, channel => channel.LocalEndPoint));
    }

    /// <inheritdoc/>
    public IReadOnlyList<PeerEndPoint> LocalEndPoints { get; }

    /// <summary>What was lost here, by reason.</summary>
    internal UdpCounters Counters { get; }

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Opens sockets on every address of this machine.</summary>
    /// <inheritdoc cref="Bind(IReadOnlyList{IPAddress}, int)"/>
    public static UdpTransport Bind(int port = 0) => Bind([IPAddress.Any, IPAddress.IPv6Any], port);

    /// <summary>Opens a socket on each of the addresses. Datagrams wait in the sockets until <see cref="Start"/>.</summary>
    /// <param name="addresses">
    /// At most one for each family. A wildcard (<see cref="IPAddress.Any"/>, <see cref="IPAddress.IPv6Any"/>) of a family that this
    /// machine lacks is left out, as long as another address remains.
    /// </param>
    /// <param name="port">The port on every address; 0 for any port that is free on all of them.</param>
    /// <exception cref="ArgumentException">There is no address, or there are two of one family.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is outside 0 to 65535.</exception>
    /// <exception cref="KademliaException">An address or the port cannot be had; the message says what to do.</exception>
    public static UdpTransport Bind(IReadOnlyList<IPAddress> addresses, int port) =>
        Over(SocketBinder.Bind(addresses, port, SocketType.Dgram));

    /// <summary>A transport over sockets that are bound; they are its own from now on.</summary>
    internal static UdpTransport Over(IEnumerable<Socket> sockets)
    {
        UdpCounters counters = new();
        return new UdpTransport([.. sockets.Select(socket => new UdpChannel(socket, counters))], counters);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The transport was started before.</exception>
    /// <exception cref="ObjectDisposedException">The transport is disposed.</exception>
    public void Start(DatagramHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("A transport is started once; this one was started before.");
        }

        foreach (UdpChannel channel in _channels)
        {
            channel.Start(handler);
        }
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination)
    {
        foreach (UdpChannel channel in _channels)
        {
            if (channel.LocalEndPoint.IsIPv4 == destination.IsIPv4)
            {
                return channel.Send(datagram, destination);
            }
        }

        return false;
    }

    /// <summary>Closes the sockets and waits until no handler runs, but for the one that called this.</summary>
    public void Dispose()
    {
        bool first = Interlocked.Exchange(ref _disposed, 1) == 0;
        foreach (UdpChannel channel in _channels)
        {
            channel.BeginClose();
        }

        if (!first && Array.Exists(_channels, channel => channel.IsReceivingHere))
        {
            return; // Two handlers that dispose at once must not wait for each other.
        }

        foreach (UdpChannel channel in _channels)
        {
            channel.Dispose();
        }
    }
}
