using System.Net;
using System.Net.Sockets;

namespace Kademlia.Cli;

/// <summary>Turns <c>host:port</c> into an endpoint, asking DNS where the host is a name.</summary>
internal static class EndPointName
{
    public static async Task<PeerEndPoint> ResolveAsync(string text, CancellationToken cancellationToken)
    {
        if (PeerEndPoint.TryParse(text, out PeerEndPoint endPoint))
        {
            return endPoint;
        }

        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out ushort port) && !text.AsSpan(0, colon).Contains(':')
            ? new PeerEndPoint(await LookUpAsync(text[..colon], cancellationToken), port)
            : throw new CliException(
                ExitCode.WrongUsage,
                $"An endpoint is written 192.0.2.1:7411, [2001:db8::1]:7411 or node.example.org:7411; this is \"{text}\".");
    }

    private static async Task<IPAddress> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        }
        catch (SocketException)
        {
            throw new CliException(ExitCode.NoAnswer, $"The name {host} has no address: check its spelling, or give an address.");
        }
    }
}
