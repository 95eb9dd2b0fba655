namespace Kademlia;

/// <summary>How far an address reaches. Referrals are believed only from a contact of the same scope or a narrower one.</summary>
internal enum AddressScope
{
    /// <summary>Nobody can be there: unspecified, multicast, broadcast or reserved addresses, detours inwards, and port 0.</summary>
    Unusable,

    /// <summary>This machine: 127.0.0.0/8 and ::1.</summary>
    Loopback,

    /// <summary>One link: 169.254.0.0/16 and fe80::/10.</summary>
    LinkLocal,

    /// <summary>One site: RFC 1918, 100.64.0.0/10 (RFC 6598), fc00::/7 (RFC 4193), fec0::/10 (RFC 3879) and 64:ff9b:1::/48 (RFC 8215).</summary>
    Private,

    /// <summary>The Internet.</summary>
    Global,
}

/// <summary>Reads the scope of an address off its bits.</summary>
internal static class AddressScopes
{
    private const ulong Nat64Prefix = 0x0064_ff9b_0000_0000;
    private const ulong LocalNat64First = 0x0064_ff9b_0001_0000;
    private const ulong LocalNat64Last = 0x0064_ff9b_0001_ffff;

    extension(PeerEndPoint endPoint)
    {
        /// <summary>How far the endpoint's address reaches.</summary>
        internal AddressScope Scope =>
            endPoint.Port == 0 ? AddressScope.Unusable
            : endPoint.IsIPv4 ? ScopeOfIPv4(endPoint.IPv4)
            : ScopeOfIPv6(endPoint.High, endPoint.Low);
    }

    private static AddressScope ScopeOfIPv4(uint address) => address switch
    {
        < 0x0100_0000 => AddressScope.Unusable,
        >= 0xe000_0000 => AddressScope.Unusable,
        >= 0x7f00_0000 and <= 0x7fff_ffff => AddressScope.Loopback,
        >= 0xa9fe_0000 and <= 0xa9fe_ffff => AddressScope.LinkLocal,
        >= 0x0a00_0000 and <= 0x0aff_ffff => AddressScope.Private,
        >= 0xac10_0000 and <= 0xac1f_ffff => AddressScope.Private,
        >= 0xc0a8_0000 and <= 0xc0a8_ffff => AddressScope.Private,
        >= 0x6440_0000 and <= 0x647f_ffff => AddressScope.Private,
        _ => AddressScope.Global,
    };

    private static AddressScope ScopeOfIPv6(ulong high, ulong low) => (high >> 48, high) switch
    {
        (_, 0) => low == 1 ? AddressScope.Loopback : AddressScope.Unusable,
        ( >= 0xff00, _) => AddressScope.Unusable,
        ( >= 0xfec0, _) => AddressScope.Private,
        ( >= 0xfe80, _) => AddressScope.LinkLocal,
        ( >= 0xfc00 and < 0xfe00, _) => AddressScope.Private,
        (0x2002, _) => ScopeThroughRelay((uint)(high >> 16)),
        (_, Nat64Prefix) => ScopeThroughRelay((uint)low),
        (_, >= LocalNat64First and <= LocalNat64Last) => AddressScope.Private,
        _ => AddressScope.Global,
    };

    /// <summary>
    /// Of an IPv6 address that stands for an IPv4 one: 6to4 (RFC 3056) and NAT64 (RFC 6052). It reaches the Internet
    /// or nothing; otherwise strangers could aim us at a private network by this detour.
    /// </summary>
    private static AddressScope ScopeThroughRelay(uint address) =>
        ScopeOfIPv4(address) == AddressScope.Global ? AddressScope.Global : AddressScope.Unusable;
}
