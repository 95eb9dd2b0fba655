using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kademlia.Transport;

/// <summary>One socket of one address family, with its receiving thread.</summary>
/// <remarks>
/// The thread owns the receive buffer and the source address; both are written over by the next datagram. The destination address
/// belongs to whoever holds the send lock.
/// <para>
/// The socket is a blocking one, because a thread that waits in the kernel's receive serves a seventh more datagrams than one that
/// polls first; the framework has no flag for a single send that must not wait. So the kernel is asked whether it has room, before every
/// sixteenth send, and before every one while it has none.
/// </para>
/// <para>
/// A link-local IPv6 endpoint means nothing without its interface, which is no part of <see cref="PeerEndPoint"/>: sends go to the
/// interface of the bound address, else to the one that a link-local datagram came from last.
/// </para>
/// </remarks>
internal sealed class UdpChannel : IDisposable
{
    /// <summary>One byte more than nodes exchange: a datagram that fills it is too long, whatever its length was.</summary>
    private const int BufferLength = IDatagramTransport.MaxDatagramLength + 1;

    /// <summary>
    /// How many datagrams may leave after the kernel said that there is room. It says so while half of its buffer is free; each datagram
    /// takes up to 2.3 kB there, and the smallest buffer that is asked for is 64 KiB, which Linux doubles.
    /// </summary>
    private const int SendsPerCheck = 16;

    private const int MaxWakes = 10;
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MinBackOff = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly AddressFamily _family;
    private readonly UdpCounters _counters;
    private readonly Lock _sendLock = new();
    private readonly SocketAddress _destination;
    private readonly ManualResetEventSlim _closing = new();
    private readonly bool _isScopeFixed;
    private volatile uint _linkScope;
    private DatagramHandler? _handler;
    private Thread? _thread;
    private int _sendsLeft;

    /// <summary>Takes over a bound socket.</summary>
    public UdpChannel(Socket socket, UdpCounters counters)
    {
        _socket = socket;
        _family = socket.AddressFamily;
        _counters = counters;
        _destination = new SocketAddress(_family, SocketAddressBytes.SizeOf(_family));
        IPEndPoint local = (IPEndPoint)socket.LocalEndPoint!;
        LocalEndPoint = local;
        _linkScope = local.Address.IsIPv6LinkLocal ? (uint)local.Address.ScopeId : 0;
        _isScopeFixed = _linkScope != 0;
    }

    /// <summary>The endpoint that the socket is bound to.</summary>
    public PeerEndPoint LocalEndPoint { get; }

    /// <summary>Whether the caller is a handler of this channel.</summary>
    public bool IsReceivingHere => Thread.CurrentThread == _thread;

    /// <summary>Begins to receive.</summary>
    public void Start(DatagramHandler handler)
    {
        _handler = handler;
        string family = _family == AddressFamily.InterNetwork ? "4" : "6";
        _thread = new Thread(Receive)
        {
            // Linux shows the first 15 characters.
            Name = string.Create(CultureInfo.InvariantCulture, $"kad-udp{family}:{LocalEndPoint.Port}"),
            IsBackground = true,
        };
        _thread.UnsafeStart();
    }

    /// <summary>Sends a datagram to an endpoint of this family; false when it is lost here.</summary>
    public bool Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination)
    {
        lock (_sendLock)
        {
            if (datagram.Length <= IDatagramTransport.MaxDatagramLength
                && !_closing.IsSet
                && TrySend_NeedsLock(datagram, destination))
            {
                return true;
            }
        }

        _counters.CountSendError();
        return false;
    }

    /// <summary>Ends receiving and sending; a handler that runs may still be running.</summary>
    public void BeginClose()
    {
        lock (_sendLock)
        {
            _closing.Set();
        }

        Wake();
    }

    /// <summary>Waits for the thread, unless called by it, and closes the socket.</summary>
    /// <remarks>
    /// The thread is woken by a datagram first, because closing a socket that a thread is blocked in waits forever on macOS.
    /// Where no datagram reaches us any more, as when the address is gone, closing is what remains.
    /// </remarks>
    public void Dispose()
    {
        for (int wakes = 0; wakes < MaxWakes && !HasEnded(WakeInterval); wakes++)
        {
            Wake();
        }

        _socket.Dispose();
        HasEnded(Timeout.InfiniteTimeSpan);
    }

    private static bool IsAnswerToSend(SocketError error) => error is
        SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.NetworkReset
        or SocketError.HostUnreachable or SocketError.NetworkUnreachable;

    private bool HasEnded(TimeSpan patience) => _thread is not { } thread || IsReceivingHere || thread.Join(patience);

    private void Wake()
    {
        PeerEndPoint self = LocalEndPoint.Scope == AddressScope.Unusable
            ? new PeerEndPoint(_family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, LocalEndPoint.Port)
            : LocalEndPoint;
        lock (_sendLock)
        {
            TrySend_NeedsLock([], self);
        }
    }

    private bool TrySend_NeedsLock(ReadOnlySpan<byte> datagram, PeerEndPoint destination)
    {
        try
        {
            if (!HasRoom_NeedsLock())
            {
                return false;
            }

            _sendsLeft--;
            SocketAddressBytes.Write(_destination, destination, ScopeIdFor(destination));
            _socket.SendTo(datagram, SocketFlags.None, _destination);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private bool HasRoom_NeedsLock()
    {
        if (_sendsLeft == 0 && _socket.Poll(TimeSpan.Zero, SelectMode.SelectWrite))
        {
            _sendsLeft = SendsPerCheck;
        }

        return _sendsLeft > 0;
    }

    private uint ScopeIdFor(PeerEndPoint destination) =>
        !destination.IsIPv4 && destination.Scope == AddressScope.LinkLocal ? _linkScope : 0;

    private void Receive()
    {
        byte[] buffer = new byte[BufferLength];
        SocketAddress source = new(_family, SocketAddressBytes.SizeOf(_family));
        TimeSpan backOff = TimeSpan.Zero;
        while (!_closing.IsSet)
        {
            SocketError error = TryReceive(buffer, source, out int length);
            if (error == SocketError.Success)
            {
                Push(buffer.AsSpan(0, length), source);
                backOff = TimeSpan.Zero;
            }
            else if (!IsAnswerToSend(error))
            {
                backOff = Longer(backOff);
                _closing.Wait(backOff);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan backOff) =>
        TimeSpan.FromTicks(Math.Clamp(backOff.Ticks * 2, MinBackOff.Ticks, MaxBackOff.Ticks));

    private SocketError TryReceive(Span<byte> buffer, SocketAddress source, out int length)
    {
        try
        {
            source.Size = SocketAddressBytes.SizeOf(_family);
            length = _socket.ReceiveFrom(buffer, SocketFlags.None, source);
            return SocketError.Success;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            length = buffer.Length; // Windows says so; elsewhere the rest is cut off in silence.
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            _counters.CountReceiveError();
            length = 0;
            return exception.SocketErrorCode;
        }
        catch (ObjectDisposedException)
        {
            length = 0;
            return SocketError.OperationAborted;
        }
    }

    private void Push(ReadOnlySpan<byte> datagram, SocketAddress source)
    {
        if (datagram.Length > IDatagramTransport.MaxDatagramLength)
        {
            _counters.CountOversized();
        }
        else if (!SocketAddressBytes.TryRead(source, _family, out PeerEndPoint from))
        {
            _counters.CountUnreadable();
        }
        else if (!_closing.IsSet)
        {
            LearnLinkScope(source);
            Handle(datagram, from);
        }
    }

    private void LearnLinkScope(SocketAddress source)
    {
        if (_family == AddressFamily.InterNetworkV6 && !_isScopeFixed && SocketAddressBytes.ReadScopeId(source) is not 0 and uint scope)
        {
            _linkScope = scope;
        }
    }

    private void Handle(ReadOnlySpan<byte> datagram, PeerEndPoint from)
    {
        try
        {
            _handler!(datagram, from);
        }
        catch (Exception exception)
        {
            // A stranger's datagram that found a mistake of ours must not end the node's hearing.
            _counters.CountHandlerFailure();
            Debug.WriteLine(exception);
        }
    }
}
