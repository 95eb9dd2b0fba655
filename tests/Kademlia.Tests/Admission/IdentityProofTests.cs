using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;
using Kademlia.Messages;

namespace Kademlia.Tests.Admission;

public class IdentityProofTests
{
    private static readonly PeerEndPoint Mine = PeerEndPoint.Parse("81.2.3.4:7411");
    private static readonly PeerEndPoint Liar = PeerEndPoint.Parse("9.9.9.9:7411");

    private static readonly byte[] Nonce = Convert.FromHexString("101112131415161718191a1b1c1d1e1f");

    [Theory]
    [InlineData("81.2.3.4:7411", "00000006" + "51020304" + "1cf3")]
    [InlineData("[2001:db8::1]:7411", "00000012" + "20010db8000000000000000000000001" + "1cf3")]
    public void Preimage_OfAChallenge_IsTheseBytes(string dialled, string endPointField)
    {
        byte[] preimage = IdentityProof.Preimage(
            0x0102030405060708, Nonce, new NodeId(1, 2, 3, 4), new NodeId(5, 6, 7, 8), PeerEndPoint.Parse(dialled));

        string expected =
            "0000000e" + "6b6164656d6c69612070726f6f66"                                                   // "kademlia proof"
            + "00000008" + "0102030405060708"                                                                 // network
            + "00000010" + "101112131415161718191a1b1c1d1e1f"                                                 // nonce
            + "00000020" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"  // challenger
            + "00000020" + "0000000000000005" + "0000000000000006" + "0000000000000007" + "0000000000000008"  // prover
            + endPointField;                                                                              // dialled
        Assert.Equal(expected, Convert.ToHexStringLower(preimage));
    }

    [Fact]
    public void Preimages_of_different_challenges_differ()
    {
        Gen<(ulong Network, int Nonce, NodeId Challenger, NodeId Prover, PeerEndPoint Dialled)> challenges =
            from network in Gen.Choose(0, 2)
            from nonce in Gen.Choose(0, 2)
            from challenger in Gen.Choose(0, 2)
            from prover in Gen.Choose(0, 2)
            from dialled in AdmissionGenerators.Usable
            select ((ulong)network, nonce, new NodeId(0, 0, 0, (ulong)challenger), new NodeId(0, 0, 0, (ulong)prover), dialled);

        Prop.ForAll(challenges.Zip(challenges).ToArbitrary(), pair =>
            Preimage(pair.Item1).AsSpan().SequenceEqual(Preimage(pair.Item2)) == (pair.Item1 == pair.Item2))
            .QuickCheckThrowOnFailure();

        static byte[] Preimage((ulong Network, int Nonce, NodeId Challenger, NodeId Prover, PeerEndPoint Dialled) c)
        {
            byte[] nonce = new byte[ProveRequest.NonceLength];
            nonce[0] = (byte)c.Nonce;
            return IdentityProof.Preimage(c.Network, nonce, c.Challenger, c.Prover, c.Dialled);
        }
    }

    [Fact]
    public void Judge_NothingKnown_SignsForAnyUsableAddressToAChallengerNearIt()
    {
        Prop.ForAll(AdmissionGenerators.Usable.ToArbitrary(), dialled =>
            new IdentityProof([], new AddressVotes(false)).Judge(dialled, dialled, default) == ProofStatus.Signed)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Judge_UnusableAddress_Refuses()
    {
        Prop.ForAll(AdmissionGenerators.Unusable.ToArbitrary(), dialled =>
            new IdentityProof([dialled.Address], new AddressVotes(false))
                .Judge(new PeerEndPoint(dialled.Address, 0), new PeerEndPoint(dialled.Address, 1), default) == ProofStatus.NotMyAddress)
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("9.9.9.9:1", "81.2.3.4:1", true)]
    [InlineData("9.9.9.9:1", "10.0.0.1:1", true)]
    [InlineData("9.9.9.9:1", "[2a00:1450::1]:1", false)]
    [InlineData("[2a00:1450::1]:1", "9.9.9.9:1", false)]
    [InlineData("10.0.0.2:1", "192.168.0.1:1", true)]
    [InlineData("10.0.0.2:1", "9.9.9.9:1", false)]
    [InlineData("10.0.0.2:1", "127.0.0.1:1", false)]
    [InlineData("10.0.0.2:1", "169.254.0.1:1", false)]
    [InlineData("10.0.0.2:1", "[fc00::1]:1", false)]
    [InlineData("127.0.0.1:2", "127.0.0.1:1", true)]
    [InlineData("127.0.0.1:2", "9.9.9.9:1", false)]
    [InlineData("[fe80::2]:1", "[fe80::1]:1", true)]
    [InlineData("[fe80::2]:1", "[2a00:1450::1]:1", false)]
    public void Judge_NothingKnown_RefusesWhatTheChallengerCannotHaveDialled(string dialled, string challenger, bool signs) =>
        Assert.Equal(
            signs ? ProofStatus.Signed : ProofStatus.NotMyAddress,
            new IdentityProof([], new AddressVotes(false)).Judge(PeerEndPoint.Parse(dialled), PeerEndPoint.Parse(challenger), default));

    [Fact]
    public void Judge_AConfiguredLocalAddress_IsRefusedToTheInternet() =>
        Assert.Equal(
            ProofStatus.NotMyAddress,
            new IdentityProof([IPAddress.Parse("10.0.0.1")], new AddressVotes(false)).Judge(PeerEndPoint.Parse("10.0.0.1:1"), Liar, default));

    [Theory]
    [InlineData("81.2.3.4:7411", ProofStatus.Signed)]
    [InlineData("81.2.3.4:9", ProofStatus.Signed)]
    [InlineData("[2a00:1450::1]:9", ProofStatus.Signed)]
    [InlineData("81.2.3.5:7411", ProofStatus.NotMyAddress)]
    [InlineData("[2a00:1450::2]:9", ProofStatus.NotMyAddress)]
    [InlineData("127.0.0.1:9", ProofStatus.Signed)]
    [InlineData("10.0.0.1:9", ProofStatus.Signed)]
    [InlineData("[fe80::1]:9", ProofStatus.Signed)]
    public void Judge_ConfiguredAddresses_SignsForThoseAndForNeighbours(string dialled, object expected)
    {
        IdentityProof proof = new([IPAddress.Parse("81.2.3.4"), IPAddress.Parse("2a00:1450::1")], new AddressVotes(false));

        Assert.Equal(expected, Judge(proof, PeerEndPoint.Parse(dialled)));
    }

    [Fact]
    public void Judge_OneFamilyConfigured_LeavesTheOtherToTheVotes()
    {
        AddressVotes votes = new(false);
        IdentityProof proof = new([Mine.Address], votes);
        PeerEndPoint mine6 = PeerEndPoint.Parse("[2a00:1450::1]:1");
        PeerEndPoint liar6 = PeerEndPoint.Parse("[2a00:1450::2]:1");
        Assert.Equal(ProofStatus.Signed, Judge(proof, liar6));

        for (int network = 1; network <= 3; network++)
        {
            votes.Add(PeerEndPoint.Parse($"[2001:db8:{network}::1]:1"), mine6, default);
        }

        Assert.Equal(ProofStatus.NotMyAddress, Judge(proof, liar6));
        Assert.Equal(ProofStatus.Signed, Judge(proof, mine6));
        Assert.Equal(ProofStatus.NotMyAddress, Judge(proof, Liar));
    }

    [Fact]
    public void Judge_MajorityNamesAnotherAddress_Refuses()
    {
        AddressVotes votes = new(false);
        IdentityProof proof = new([], votes);

        for (int voters = 1; voters <= 3; voters++)
        {
            Assert.Equal(ProofStatus.Signed, Judge(proof, Liar));
            votes.Add(AdmissionGenerators.InGroup(voters), Mine, default);
        }

        Assert.Equal(ProofStatus.NotMyAddress, Judge(proof, Liar));
        Assert.Equal(ProofStatus.Signed, Judge(proof, Mine));
        Assert.Equal(ProofStatus.Signed, Judge(proof, new PeerEndPoint(Mine.Address, 9)));
        Assert.Equal(ProofStatus.Signed, Judge(proof, PeerEndPoint.Parse("192.168.0.9:1")));
        Assert.Equal(ProofStatus.Signed, Judge(proof, PeerEndPoint.Parse("[2a00:1450::1]:1")));
        Assert.Equal(ProofStatus.Signed, proof.Judge(Liar, Liar, Ballot.VoteLifetime));
    }

    [Fact]
    public void Judge_ConfiguredAddress_OutweighsWhatOthersSee()
    {
        AddressVotes votes = new(false);
        IdentityProof proof = new([Mine.Address], votes);
        for (int group = 0; group < 10; group++)
        {
            votes.Add(AdmissionGenerators.InGroup(group), Liar, default);
        }

        Assert.Equal(ProofStatus.Signed, Judge(proof, Mine));
        Assert.Equal(ProofStatus.NotMyAddress, Judge(proof, Liar));
    }

    [Fact]
    public void Judge_NeighboursKnowOurLocalAddress_SaysNothingAboutTheInternet()
    {
        AddressVotes votes = new(false);
        for (int port = 1; port <= 10; port++)
        {
            votes.Add(PeerEndPoint.Parse($"10.0.0.9:{port}"), PeerEndPoint.Parse("10.0.0.1:7411"), default);
        }

        Assert.Equal(ProofStatus.Signed, Judge(new IdentityProof([], votes), Mine));
    }

    /// <summary>The verdict on a challenge by a node as far away as the address that it dialled.</summary>
    private static ProofStatus Judge(IdentityProof proof, PeerEndPoint dialled) => proof.Judge(dialled, dialled, default);
}
