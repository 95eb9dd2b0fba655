using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;

namespace Kademlia.Tests.Admission;

public class AddressTokensTests
{
    private static readonly Gen<(PeerEndPoint Peer, NodeId Id, TimeSpan Now)> Askers =
        from peer in AdmissionGenerators.Usable
        from id in AdmissionGenerators.Ids
        from now in AdmissionGenerators.Times
        select (peer, id, now);

    [Fact]
    public void A_token_is_valid_until_its_secret_was_rotated_twice()
    {
        Gen<((PeerEndPoint Peer, NodeId Id, TimeSpan Now) Asker, TimeSpan Later)> cases =
            from asker in Askers
            from wait in AdmissionGenerators.Times
            select (asker, asker.Now + wait);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            AddressTokens tokens = new(new Random(1));
            AddressToken token = tokens.Issue(c.Asker.Peer, c.Asker.Id, c.Asker.Now);
            bool expected = IntervalOf(c.Later) - IntervalOf(c.Asker.Now) < 2;
            return tokens.IsValid(token, c.Asker.Peer, c.Asker.Id, c.Later) == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_token_stays_valid_however_often_it_is_checked_in_between()
    {
        AddressTokens tokens = new(new Random(1));
        PeerEndPoint peer = PeerEndPoint.Parse("9.9.9.9:1");
        TimeSpan issuedAt = AddressTokens.RotationInterval * 5;
        AddressToken token = tokens.Issue(peer, default, issuedAt);

        for (int minute = 0; minute < 180; minute++)
        {
            Assert.Equal(minute < 120, tokens.IsValid(token, peer, default, issuedAt + TimeSpan.FromMinutes(minute)));
        }
    }

    [Fact]
    public void A_token_is_worth_nothing_at_another_address_port_or_id()
    {
        Gen<((PeerEndPoint Peer, NodeId Id, TimeSpan Now) Asker, PeerEndPoint Peer, int Bit)> cases =
            from asker in Askers
            from peer in AdmissionGenerators.Usable
            from bit in Gen.Choose(0, NodeId.BitLength - 1)
            select (asker, peer, bit);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            AddressTokens tokens = new(new Random(1));
            (PeerEndPoint peer, NodeId id, TimeSpan now) = c.Asker;
            AddressToken token = tokens.Issue(peer, id, now);
            PeerEndPoint otherPort = new(peer.Address, peer.Port + 1);
            return (c.Peer == peer || !tokens.IsValid(token, c.Peer, id, now))
                && !tokens.IsValid(token, otherPort, id, now)
                && !tokens.IsValid(token, peer, Flip(id, c.Bit), now);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_token_with_any_bit_flipped_is_worth_nothing()
    {
        Prop.ForAll(Askers.ToArbitrary(), asker =>
        {
            AddressTokens tokens = new(new Random(1));
            AddressToken token = tokens.Issue(asker.Peer, asker.Id, asker.Now);
            return Enumerable.Range(0, 64).All(bit =>
                !tokens.IsValid(new AddressToken(token.Value ^ (1UL << bit)), asker.Peer, asker.Id, asker.Now));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_token_and_the_tokens_of_another_node_are_worth_nothing()
    {
        Prop.ForAll(Askers.ToArbitrary(), asker =>
        {
            AddressTokens tokens = new(new Random(1));
            AddressToken foreign = new AddressTokens(new Random(2)).Issue(asker.Peer, asker.Id, asker.Now);
            return !foreign.IsNone
                && !tokens.IsValid(foreign, asker.Peer, asker.Id, asker.Now)
                && !tokens.IsValid(AddressToken.None, asker.Peer, asker.Id, asker.Now);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("9.9.9.9", "09090909" + "1cf3")]
    [InlineData("2001:db8::1", "20010db8000000000000000000000001" + "1cf3")]
    public void A_token_is_the_hash_of_address_port_and_id(string address, string endPointBytes)
    {
        NodeId id = new(1, 2, 3, 4);
        byte[] message = Convert.FromHexString(
            endPointBytes + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004");

        AddressToken token = new AddressTokens(new ZeroRandom()).Issue(new PeerEndPoint(IPAddress.Parse(address), 7411), id, default);

        Assert.Equal(SipHash.Hash(0, 0, message), token.Value);
    }

    [Fact]
    public void Issuing_and_checking_allocate_nothing()
    {
        AddressTokens tokens = new(new Random(1));
        PeerEndPoint peer = PeerEndPoint.Parse("[2001:db8::1]:1");
        AddressToken token = tokens.Issue(peer, default, default);
        tokens.IsValid(token, peer, default, default);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int hour = 0; hour < 100; hour++)
        {
            tokens.IsValid(tokens.Issue(peer, default, TimeSpan.FromHours(hour)), peer, default, TimeSpan.FromHours(hour));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static long IntervalOf(TimeSpan time) => time.Ticks / AddressTokens.RotationInterval.Ticks;

    private static NodeId Flip(NodeId id, int bit)
    {
        byte[] bytes = id.ToByteArray();
        bytes[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        return new NodeId(bytes);
    }

    private sealed class ZeroRandom : Random
    {
        public ZeroRandom()
            : base(0)
        {
        }

        public override void NextBytes(Span<byte> buffer) => buffer.Clear();
    }
}
