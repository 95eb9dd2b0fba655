using Kademlia.Core;

namespace Kademlia.Tests.Core;

public class ReferralsTests
{
    private static readonly PeerEndPoint Named = PeerEndPoint.Parse("60.9.9.9:7411");

    private readonly Referrals _referrals = new(new Random(1));

    [Fact]
    public void OnNamed_OneNetworkAgainAndAgain_CorroboratesNothing()
    {
        _referrals.OnNamed(Named, PeerEndPoint.Parse("60.0.0.1:7411"));
        _referrals.OnNamed(Named, PeerEndPoint.Parse("60.0.0.2:7411"));
        Assert.False(_referrals.IsCorroborated(Named));
    }

    [Fact]
    public void OnNamed_TwoNetworks_Corroborate()
    {
        _referrals.OnNamed(Named, PeerEndPoint.Parse("60.0.0.1:7411"));
        _referrals.OnNamed(Named, PeerEndPoint.Parse("60.0.1.1:7411"));
        _referrals.OnNamed(Named, PeerEndPoint.Parse("60.0.0.1:7411"));
        Assert.True(_referrals.IsCorroborated(Named));
    }

    [Fact]
    public void OnNamed_MoreThanAreRemembered_ForgetsTheOldest()
    {
        _referrals.OnNamed(Named, PeerEndPoint.Parse("60.0.0.1:7411"));
        for (int i = 0; i < 4 * Referrals.MaxEndPoints; i++)
        {
            _referrals.OnNamed(PeerEndPoint.Parse($"61.0.0.1:{1024 + i}"), PeerEndPoint.Parse("60.0.0.1:7411"));
        }

        _referrals.OnNamed(Named, PeerEndPoint.Parse("60.0.1.1:7411"));
        Assert.False(_referrals.IsCorroborated(Named));
    }
}
