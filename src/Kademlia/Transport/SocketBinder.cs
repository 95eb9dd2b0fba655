using System.Net;
using System.Net.Sockets;

namespace Kademlia.Transport;

/// <summary>Opens the sockets of a node, all on one port, and says in words why it cannot.</summary>
internal static class SocketBinder
{
    /// <summary>How many ports are tried for one that is free in both families, for UDP and TCP.</summary>
    private const int MaxPortAttempts = 16;

    /// <summary>Some milliseconds of a full gigabit: what arrives while the process collects garbage.</summary>
    private const int ReceiveBufferSize = 4 * 1024 * 1024;

    /// <summary>A burst of some hundred datagrams; more would only wait longer to be lost elsewhere.</summary>
    private const int SendBufferSize = 1024 * 1024;

    /// <summary>How long a send may wait where the kernel said that there is room and has none: the least that can be asked for, in milliseconds.</summary>
    private const int SendTimeout = 1;

    /// <summary>Windows reports an earlier send's "port unreachable" as an error of the next receive, unless told not to.</summary>
    private const int WindowsReportsReset = unchecked((int)0x9800_000C);

    /// <summary>How many connections may wait in the kernel to be accepted.</summary>
    private const int Backlog = 128;

    /// <summary>Opens a socket of each type on each address, IPv4 first; those for streams listen.</summary>
    public static List<Socket> Bind(IReadOnlyList<IPAddress> addresses, int port, params ReadOnlySpan<SocketType> types)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        IPAddress[] ordered = Order(addresses);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return BindAll(ordered, port, types);
            }
            catch (KademliaException exception) when (port == 0 && attempt < MaxPortAttempts && IsPortTaken(exception))
            {
                // The first socket chose a port that another could not have: let it choose another.
            }
        }
    }

    private static IPAddress[] Order(IReadOnlyList<IPAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        IPAddress[] ordered =
        [
            .. addresses
                .Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
                .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1),
        ];
        if (ordered.Length == 0)
        {
            throw new ArgumentException("There must be an address to listen on.", nameof(addresses));
        }

        if (ordered.DistinctBy(address => address.AddressFamily).Count() != ordered.Length)
        {
            throw new ArgumentException("There can be one address to listen on for each family, IPv4 and IPv6.", nameof(addresses));
        }

        return ordered;
    }

    private static List<Socket> BindAll(IPAddress[] addresses, int port, ReadOnlySpan<SocketType> types)
    {
        List<Socket> sockets = new(addresses.Length * types.Length);
        int left = addresses.Length;
        try
        {
            foreach (IPAddress address in addresses)
            {
                left--;
                foreach (SocketType type in types)
                {
                    if (TryOpen(type, address, port, mayLack: sockets.Count + left > 0) is { } socket)
                    {
                        sockets.Add(socket);
                        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                    }
                }
            }

            return sockets;
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static Socket? TryOpen(SocketType type, IPAddress address, int port, bool mayLack)
    {
        try
        {
            return Open(type, address, port);
        }
        catch (SocketException exception) when (mayLack && IsWildcard(address) && IsFamilyLacking(exception.SocketErrorCode))
        {
            return null;
        }
        catch (SocketException exception)
        {
            throw new KademliaException(Explain(type, new IPEndPoint(address, port), exception.SocketErrorCode), exception);
        }
    }

    private static Socket Open(SocketType type, IPAddress address, int port)
    {
        Socket socket = new(address.AddressFamily, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            if (socket.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            if (type == SocketType.Dgram)
            {
                Configure(socket);
            }
            else if (OperatingSystem.IsWindows())
            {
                // Elsewhere this would keep a node from its port for a minute after it was stopped, while old connections fade.
                socket.ExclusiveAddressUse = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            if (type == SocketType.Stream)
            {
                socket.Listen(Backlog);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Configure(Socket socket)
    {
        if (OperatingSystem.IsWindows())
        {
            socket.IOControl(WindowsReportsReset, BitConverter.GetBytes(0), null);
        }

        socket.ExclusiveAddressUse = true;
        socket.SendTimeout = SendTimeout;
        Size(ReceiveBufferSize, size => socket.ReceiveBufferSize = size);
        Size(SendBufferSize, size => socket.SendBufferSize = size);
    }

    /// <summary>Asks for a buffer, and for half as much as long as the system says no. Linux says yes and gives what it allows.</summary>
    private static void Size(int wanted, Action<int> set)
    {
        const int Least = 64 * 1024;
        for (int size = wanted; size >= Least; size /= 2)
        {
            try
            {
                set(size);
                return;
            }
            catch (SocketException)
            {
                // The next, smaller, size may be allowed; at worst the system's own default stays.
            }
        }
    }

    private static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsFamilyLacking(SocketError error) => error is
        SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported or SocketError.ProtocolNotSupported
        or SocketError.AddressNotAvailable;

    private static bool IsPortTaken(KademliaException exception) =>
        exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied };

    private static string Explain(SocketType type, IPEndPoint endPoint, SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"{endPoint} is taken by another program ({(type == SocketType.Dgram ? "UDP" : "TCP")}): choose another port, or 0 for any free one.",
        SocketError.AccessDenied =>
            $"{endPoint} may not be used by this user: choose another port, above 1023, or 0 for any free one.",
        SocketError.AddressNotAvailable =>
            $"{endPoint.Address} is not an address of this machine: listen on one that is, or on 0.0.0.0 and [::] for all of them.",
        _ when IsFamilyLacking(error) =>
            $"This machine has no {endPoint.AddressFamily switch { AddressFamily.InterNetwork => "IPv4", _ => "IPv6" }}: "
            + $"leave {endPoint.Address} out of the addresses to listen on.",
        _ => $"{endPoint} cannot be listened on ({error}): choose another address or port.",
    };
}
