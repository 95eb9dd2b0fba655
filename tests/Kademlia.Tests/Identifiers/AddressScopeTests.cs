using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Identifiers;

/// <summary>Each range by its first and last address, and by the neighbours just outside.</summary>
public class AddressScopeTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.255.255.255")]
    [InlineData("224.0.0.0", "239.255.255.255")]
    [InlineData("240.0.0.0", "255.255.255.255")]
    [InlineData("[::]", "[::]")]
    [InlineData("[::2]", "[::fffe:ffff:ffff]")]
    [InlineData("[::1:0:0:0]", "[::ffff:ffff:ffff:ffff]")]
    [InlineData("[ff00::]", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("[64:ff9b::127.0.0.0]", "[64:ff9b::127.255.255.255]")]
    [InlineData("[64:ff9b::10.0.0.0]", "[64:ff9b::10.255.255.255]")]
    [InlineData("[2002:7f00::]", "[2002:7fff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("[2002:c0a8::]", "[2002:c0a8:ffff:ffff:ffff:ffff:ffff:ffff]")]
    public void Scope_WhereNobodyCanBe_IsUnusable(string first, string last) => AssertScope(AddressScope.Unusable, first, last);

    [Theory]
    [InlineData("127.0.0.0", "127.255.255.255")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]")]
    public void Scope_OfThisMachine_IsLoopback(string first, string last) => AssertScope(AddressScope.Loopback, first, last);

    [Theory]
    [InlineData("169.254.0.0", "169.254.255.255")]
    [InlineData("[fe80::]", "[febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    public void Scope_OfOneLink_IsLinkLocal(string first, string last) => AssertScope(AddressScope.LinkLocal, first, last);

    [Theory]
    [InlineData("10.0.0.0", "10.255.255.255")]
    [InlineData("172.16.0.0", "172.31.255.255")]
    [InlineData("192.168.0.0", "192.168.255.255")]
    [InlineData("100.64.0.0", "100.127.255.255")]
    [InlineData("[fc00::]", "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("[fec0::]", "[feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("[64:ff9b:1::]", "[64:ff9b:1:ffff:ffff:ffff:ffff:ffff]")]
    public void Scope_OfOneSite_IsPrivate(string first, string last) => AssertScope(AddressScope.Private, first, last);

    [Theory]
    [InlineData("1.0.0.0", "9.255.255.255")]
    [InlineData("11.0.0.0", "100.63.255.255")]
    [InlineData("100.128.0.0", "126.255.255.255")]
    [InlineData("128.0.0.0", "169.253.255.255")]
    [InlineData("169.255.0.0", "172.15.255.255")]
    [InlineData("172.32.0.0", "192.167.255.255")]
    [InlineData("192.169.0.0", "223.255.255.255")]
    [InlineData("[2000::]", "[2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("[2003::]", "[3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("[64:ff9b::8.8.8.8]", "[64:ff9b::9.9.9.9]")]
    [InlineData("[2002:808:808::]", "[2002:909:909::]")]
    [InlineData("[fbff:ffff::]", "[fbff:ffff::1]")]
    [InlineData("[fe00::]", "[fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    public void Scope_OfEverythingElse_IsGlobal(string first, string last) => AssertScope(AddressScope.Global, first, last);

    [Fact]
    public void Scope_WithPortZero_IsUnusable() => Prop.ForAll(
        Generators.EndPoints.ToArbitrary(), endPoint => new PeerEndPoint(endPoint.Address, 0).Scope == AddressScope.Unusable)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Scope_OfGeneratedEndPoints_IsWhatTheirNamesSay()
    {
        Prop.ForAll(Generators.PublicEndPoints.ToArbitrary(), endPoint => endPoint.Scope == AddressScope.Global)
            .QuickCheckThrowOnFailure();
        Prop.ForAll(
            Generators.LocalEndPoints.ToArbitrary(),
            endPoint => endPoint.Scope is AddressScope.Loopback or AddressScope.LinkLocal or AddressScope.Private)
            .QuickCheckThrowOnFailure();
    }

    private static void AssertScope(AddressScope scope, string first, string last)
    {
        Assert.Equal(scope, PeerEndPoint.Parse(first + ":1").Scope);
        Assert.Equal(scope, PeerEndPoint.Parse(last + ":65535").Scope);
    }
}
