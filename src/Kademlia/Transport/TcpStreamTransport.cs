using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Kademlia.Transport;

/// <summary>Connections over TCP: a listening socket for each address family, all on one port.</summary>
/// <remarks>
/// The handler is called on the thread pool, once for each connection; it must not block.
/// When the process has no file handles left, connections wait in the kernel until it has some again.
/// </remarks>
public sealed class TcpStreamTransport : IStreamTransport
{
    private static readonly TimeSpan BackOff = TimeSpan.FromMilliseconds(100);

    private readonly Socket[] _listeners;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _handing = new();
    private int _started;
    private bool _isDisposed;

    private TcpStreamTransport(Socket[] listeners)
    {
        _listeners = listeners;
        LocalEndPoints = Array.AsReadOnly(Array.ConvertAll(listeners, l => (PeerEndPoint)(IPEndPoint)l.LocalEndPoint!));
    }

    /// <inheritdoc/>
    public IReadOnlyList<PeerEndPoint> LocalEndPoints { get; }

    /// <summary>Listens on each of the addresses. Connections wait in the sockets until <see cref="Start"/>.</summary>
    /// <param name="addresses">As for <see cref="UdpTransport.Bind(IReadOnlyList{IPAddress}, int)"/>.</param>
    /// <param name="port">The port on every address, which must be that of the node's datagrams; 0 for any port that is free on all of them.</param>
    /// <exception cref="ArgumentException">There is no address, or there are two of one family.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is outside 0 to 65535.</exception>
    /// <exception cref="KademliaException">An address or the port cannot be had; the message says what to do.</exception>
    public static TcpStreamTransport Bind(IReadOnlyList<IPAddress> addresses, int port) =>
        Over(SocketBinder.Bind(addresses, port, SocketType.Stream));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The transport was started before.</exception>
    /// <exception cref="ObjectDisposedException">The transport is disposed.</exception>
    public void Start(ConnectionHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("A transport is started once; this one was started before.");
        }

        Array.ForEach(_listeners, listener => Task.Run(() => AcceptAsync(listener, handler)));
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(PeerEndPoint destination, CancellationToken cancellationToken)
    {
        IPEndPoint endPoint = destination.ToIPEndPoint();
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new IOException(
                e.SocketErrorCode == SocketError.ConnectionRefused
                    ? $"Nobody takes connections at {destination}."
                    : $"No connection to {destination} can be made: {e.Message}",
                e);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>Closes the listening sockets and waits until no connection is being handed over. Those that were handed over stay open.</summary>
    public void Dispose()
    {
        lock (_handing)
        {
            _isDisposed = true;
        }

        _closing.Cancel();
        Array.ForEach(_listeners, listener => listener.Dispose());
    }

    /// <summary>A transport over sockets that listen; they are its own from now on.</summary>
    internal static TcpStreamTransport Over(IEnumerable<Socket> sockets) => new([.. sockets]);

    private async Task AcceptAsync(Socket listener, ConnectionHandler handler)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                Hand(socket, handler);
            }
            catch (SocketException) when (!_closing.IsCancellationRequested)
            {
                await Task.Delay(BackOff, TimeProvider.System, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stranger's connection does ends that connection alone.")]
    private void Hand(Socket socket, ConnectionHandler handler)
    {
        try
        {
            socket.NoDelay = true;
            PeerEndPoint from = (IPEndPoint)socket.RemoteEndPoint!;
            lock (_handing)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                handler(new NetworkStream(socket, ownsSocket: true), from);
            }
        }
        catch (Exception e)
        {
            // It was reset before anybody looked at it, or came as we closed; or it found a mistake of ours, which must not end the node's hearing.
            socket.Dispose();
            Debug.WriteLine(e);
        }
    }
}
