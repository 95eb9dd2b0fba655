using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Identifiers;

public class AddressGroupTests
{
    [Theory]
    [InlineData("192.0.2.0", "192.0.2.255")]
    [InlineData("[2001:db8:1::]", "[2001:db8:1:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("192.0.2.7", "[::ffff:192.0.2.9]")]
    public void Of_TwoAddressesOfOneNetwork_IsTheSame(string left, string right) => Assert.Equal(Of(left), Of(right));

    [Theory]
    [InlineData("192.0.2.255", "192.0.3.0")]
    [InlineData("[2001:db8:1:ffff:ffff:ffff:ffff:ffff]", "[2001:db8:2::]")]
    [InlineData("192.0.2.1", "[::c000:201]")]
    public void Of_AddressesOfNeighbouringNetworks_Differs(string left, string right) => Assert.NotEqual(Of(left), Of(right));

    [Theory]
    [InlineData("[2001:db8::]", "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]", true)]
    [InlineData("[2001:db8:ffff::]", "[2001:db9::]", false)]
    [InlineData("192.0.2.0", "192.0.2.255", true)]
    [InlineData("192.0.2.0", "192.0.3.0", false)]
    public void WideOf_TwoAddresses_IsTheSameInOneProvidersNetwork(string left, string right, bool same) =>
        Assert.Equal(same, AddressGroup.WideOf(At(left)) == AddressGroup.WideOf(At(right)));

    [Fact]
    public void Of_IPv4AndIPv6_NeverMeet() => Prop.ForAll(
        Generators.EndPoints.Where(e => e.IsIPv4).Zip(Generators.EndPoints.Where(e => !e.IsIPv4)).ToArbitrary(),
        pair => AddressGroup.Of(pair.Item1) != AddressGroup.Of(pair.Item2)
            && AddressGroup.WideOf(pair.Item1) != AddressGroup.WideOf(pair.Item2)
            && AddressGroup.Of(pair.Item2) != AddressGroup.WideOf(pair.Item2))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Of_EndPointsThatDifferInThePortAlone_IsTheSame() => Prop.ForAll(
        Generators.EndPoints.Zip(Generators.Ports).ToArbitrary(),
        pair => AddressGroup.Of(new PeerEndPoint(pair.Item1.Address, pair.Item2)) == AddressGroup.Of(pair.Item1))
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("8.8.8.8", false, true)]
    [InlineData("8.8.8.8", true, true)]
    [InlineData("127.0.0.1", false, false)]
    [InlineData("127.0.0.1", true, true)]
    [InlineData("10.0.0.1", false, false)]
    [InlineData("[fe80::1]", false, false)]
    [InlineData("[fe80::1]", true, true)]
    public void IsLimited_LocalAddresses_OnlyWhenAskedFor(string address, bool limitLocal, bool limited) =>
        Assert.Equal(limited, AddressGroup.IsLimited(At(address), limitLocal));

    private static AddressGroup Of(string address) => AddressGroup.Of(At(address));

    private static PeerEndPoint At(string address) => PeerEndPoint.Parse(address + ":7411");
}
