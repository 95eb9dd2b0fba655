namespace Kademlia;

/// <summary>The network that an address belongs to, for limits on how much one operator counts: /24 for IPv4, /48 for IPv6.</summary>
/// <param name="Bits">The prefix, with a tag that keeps the kinds of groups apart.</param>
internal readonly record struct AddressGroup(ulong Bits)
{
    private const ulong IPv4Tag = 1UL << 48;
    private const ulong WideTag = 2UL << 48;
    private const ulong SingleTag = 3UL << 48;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The group of an endpoint: its /24, or its /48.</summary>
    public static AddressGroup Of(PeerEndPoint endPoint) => new(
        endPoint.IsIPv4 ? IPv4Tag | (endPoint.IPv4 >> 8) : endPoint.High >> 16);

    /// <summary>The wide group of an IPv6 endpoint, its /32: what a provider is given. An IPv4 endpoint has its /24 only.</summary>
    public static AddressGroup WideOf(PeerEndPoint endPoint) =>
        endPoint.IsIPv4 ? Of(endPoint) : new AddressGroup(WideTag | (endPoint.High >> 32));

    /// <summary>Whether limits apply to an endpoint: to public addresses always, to local ones when asked for.</summary>
    public static bool IsLimited(PeerEndPoint endPoint, bool limitLocal) =>
        limitLocal || endPoint.Scope == AddressScope.Global;

    /// <summary>Whom what an endpoint sends is charged to: its group, or where limits do not apply itself alone, or a local network would be one group.</summary>
    public static AddressGroup Payer(PeerEndPoint endPoint, bool limitLocal) =>
        IsLimited(endPoint, limitLocal) ? Of(endPoint) : new(SingleTag | (Mix(endPoint) >> 16));

    private static ulong Mix(PeerEndPoint endPoint) =>
        ((((endPoint.High * Spread) ^ endPoint.Low) * Spread) ^ (ulong)endPoint.Port) * Spread;
}
