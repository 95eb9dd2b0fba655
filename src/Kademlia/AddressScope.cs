namespace Kademlia;

/// <summary>How far an address reaches. Referrals are believed only from a contact of the same scope or a narrower one.</summary>
internal enum AddressScope
{
    /// <summary>Nobody can be there: unspecified, multicast, broadcast or reserved addresses, and port 0.</summary>
    Unusable,

    /// <summary>This machine: 127.0.0.0/8 and ::1.</summary>
    Loopback,

    /// <summary>One link: 169.254.0.0/16 and fe80::/10.</summary>
    LinkLocal,

    /// <summary>One site: RFC 1918, 100.64.0.0/10 (RFC 6598) and fc00::/7 (RFC 4193).</summary>
    Private,

    /// <summary>The Internet.</summary>
    Global,
}

/// <summary>Reads the scope of an address off its bits.</summary>
internal static class AddressScopes
{
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

    private static AddressScope ScopeOfIPv6(ulong high, ulong low) => (high >> 56, high) switch
    {
        (0xff, _) => AddressScope.Unusable,
        (_, 0) when low == 1 => AddressScope.Loopback,
        (_, 0) => AddressScope.Unusable,
        (0xfe, _) when high >> 54 == 0x3fa => AddressScope.LinkLocal,
        (0xfc or 0xfd, _) => AddressScope.Private,
        _ => AddressScope.Global,
    };
}
