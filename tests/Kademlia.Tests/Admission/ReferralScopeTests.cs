using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;

namespace Kademlia.Tests.Admission;

public class ReferralScopeTests
{
    private const string Loopback = "127.0.0.1:1";
    private const string LinkLocal = "[fe80::1]:1";
    private const string Site = "10.0.0.1:1";
    private const string Global = "9.9.9.9:1";

    [Theory]
    [InlineData(Global, Global, true)]
    [InlineData(Global, Site, true)]
    [InlineData(Global, LinkLocal, true)]
    [InlineData(Global, Loopback, true)]
    [InlineData(Site, Global, false)]
    [InlineData(Site, Site, true)]
    [InlineData(Site, LinkLocal, true)]
    [InlineData(Site, Loopback, true)]
    [InlineData(LinkLocal, Global, false)]
    [InlineData(LinkLocal, Site, false)]
    [InlineData(LinkLocal, LinkLocal, true)]
    [InlineData(LinkLocal, Loopback, true)]
    [InlineData(Loopback, Global, false)]
    [InlineData(Loopback, Site, false)]
    [InlineData(Loopback, LinkLocal, false)]
    [InlineData(Loopback, Loopback, true)]
    public void An_address_goes_between_nodes_whose_own_reach_no_farther(string told, string other, bool expected)
    {
        Assert.Equal(expected, ReferralScope.IsBelievable(PeerEndPoint.Parse(told), PeerEndPoint.Parse(other)));
        Assert.Equal(expected, ReferralScope.MayTell(PeerEndPoint.Parse(told), PeerEndPoint.Parse(other)));
    }

    [Fact]
    public void A_stranger_from_the_Internet_never_aims_us_at_a_local_address_nor_learns_one()
    {
        Gen<(PeerEndPoint Local, PeerEndPoint Global)> cases =
            AdmissionGenerators.Local.Zip(AdmissionGenerators.Global).Select(pair => (pair.Item1, pair.Item2));

        Prop.ForAll(cases.ToArbitrary(), c =>
            !ReferralScope.IsBelievable(c.Local, c.Global) && !ReferralScope.MayTell(c.Local, c.Global))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Unusable_addresses_go_nowhere_and_come_from_nobody()
    {
        Gen<(PeerEndPoint Unusable, PeerEndPoint Usable)> cases =
            AdmissionGenerators.Unusable.Zip(AdmissionGenerators.Usable).Select(pair => (pair.Item1, pair.Item2));

        Prop.ForAll(cases.ToArbitrary(), c =>
            !ReferralScope.IsBelievable(c.Unusable, c.Usable)
            && !ReferralScope.IsBelievable(c.Usable, c.Unusable)
            && !ReferralScope.MayTell(c.Unusable, c.Unusable))
            .QuickCheckThrowOnFailure();
    }
}
