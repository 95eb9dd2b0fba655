using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kademlia;

/// <summary>Where the network is entered: a name or an address, and a port.</summary>
internal readonly record struct Bootstrap(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, with a bracketed IPv6 address.</summary>
    public static bool TryParse(string? text, out Bootstrap bootstrap)
    {
        bootstrap = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || port == 0)
        {
            return false;
        }

        string host = text![..colon];
        bool bracketed = host is ['[', .., ']'];
        bootstrap = new Bootstrap(bracketed ? host[1..^1] : host, port);
        return IPAddress.TryParse(bootstrap.Host, out IPAddress? address)
            ? IsUsable(address, port) && bracketed == (address.AddressFamily == AddressFamily.InterNetworkV6)
            : !bracketed && Uri.CheckHostName(host) == UriHostNameType.Dns;
    }

    /// <summary>Asks the resolver for the endpoints; an unknown name has none, and is logged. Fails never: nobody waits for it.</summary>
    public async Task<IReadOnlyList<PeerEndPoint>> ResolveAsync(ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            int port = Port;
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(Host, cancellationToken).ConfigureAwait(false);
            return Array.ConvertAll(addresses, a => new PeerEndPoint(a, port));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            Log.Unresolvable(logger, Host, e.Message);
            return [];
        }
        catch (OperationCanceledException)
        {
            return []; // The node stops.
        }
    }

    private static bool IsUsable(IPAddress address, ushort port) => new PeerEndPoint(address, port).Scope != AddressScope.Unusable;
}
