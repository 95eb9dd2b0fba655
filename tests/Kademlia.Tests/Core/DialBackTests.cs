using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>Who is dialled for whom, and who never is.</summary>
public sealed class DialBackTests
{
    private const ulong Nonce = 77;

    private static readonly PeerEndPoint VictimAt = PeerEndPoint.Parse("198.51.100.9:9");

    private readonly World _world = new(1);
    private readonly Stranger _asker;

    public DialBackTests()
    {
        _world.Grow(3);
        _asker = new Stranger(_world, "203.0.113.1:7411") { Answers = false };
    }

    private WorldNode Helper => _world.Nodes[0];

    [Fact]
    public void Who_asks_is_dialled_once_by_another_without_a_token()
    {
        List<PeerEndPoint> dialledBy = [];
        _world.Sniffer = (from, to, _) => dialledBy.AddRange(to == _asker.EndPoint ? [from] : Array.Empty<PeerEndPoint>());
        Probe(default);
        Envelope dial = Assert.Single(_asker.Heard, h => h.Transaction == Nonce);
        Assert.Equal((MessageKind.Probe | MessageKind.Reply, AddressToken.None, _asker.EndPoint), (dial.Kind, dial.Token, dial.Observed));
        Assert.Single(dialledBy, from => from != Helper.EndPoint);
        Assert.True(Answered());
        Assert.All(_asker.Lengths, length => Assert.InRange(length, 1, Codec.MinRequestLength));
    }

    [Fact]
    public void Who_has_not_shown_its_address_is_not_dialled()
    {
        Ask(default, new AddressToken(1));
        Assert.Equal(MessageKind.Retry, Assert.Single(_asker.Heard).Kind);
    }

    [Fact]
    public void A_repetition_while_somebody_dials_causes_nothing()
    {
        AddressToken token = Token();
        int forwarded = 0;
        _world.Sniffer = (from, to, datagram) => forwarded += from == Helper.EndPoint && IsProbe(datagram) ? 1 : 0;
        for (int i = 0; i < 5; i++)
        {
            _asker.Repeat(Helper.EndPoint, MessageKind.Probe, token, 5, (codec, to, envelope) =>
                codec.Write(to, envelope, new ProbeRequest(Nonce, default), Codec.MinRequestLength));
        }

        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(1, forwarded);
    }

    [Fact]
    public void Nobody_is_dialled_for_one_who_has_not_proven_its_id()
    {
        Stranger victim = new(_world, VictimAt.ToString());
        Probe(VictimAt);
        Assert.Empty(victim.Heard);
        Assert.False(Answered());
    }

    [Theory]
    [InlineData("127.0.0.1:9")]
    [InlineData("192.168.1.1:9")]
    [InlineData("203.0.113.200:9")]
    [InlineData("[2001:db8::1]:9")]
    public void Nobody_is_dialled_who_is_not_public_or_is_of_the_helper_s_network(string victimAt)
    {
        BeProven();
        Stranger victim = new(_world, victimAt);
        Probe(victim.EndPoint);
        Assert.Empty(victim.Heard);
        Assert.False(Answered());
    }

    [Fact]
    public void A_liar_with_a_proven_id_aims_no_more_at_anybody_than_the_hearsay_budget()
    {
        BeProven();
        Stranger victim = new(_world, VictimAt.ToString()) { Answers = false };
        AddressToken token = Token();
        for (int i = 0; i < 100; i++)
        {
            Ask(VictimAt, token);
        }

        Assert.InRange(victim.Heard.Count, 1, HearsayBudget.UncorroboratedBytesPerMinute / Codec.MinRequestLength);
    }

    [Fact]
    public void A_dial_that_nobody_waits_for_is_dropped_and_causes_nothing()
    {
        _world.Run(TimeSpan.FromSeconds(5));
        List<PeerEndPoint> caused = [];
        _world.Sniffer = (from, to, _) => caused.AddRange(to == _asker.EndPoint ? [to] : Array.Empty<PeerEndPoint>());
        _asker.Ask(Helper.EndPoint, MessageKind.Probe | MessageKind.Reply, AddressToken.None, (codec, to, envelope) =>
            codec.Write(to, envelope, new ProbeReply(Dialled: true)));
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(1, Helper.Core.Counters[DropReason.Unmatched]);
        Assert.Empty(caused);
    }

    private static bool IsProbe(byte[] datagram) =>
        new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out _) == DecodeOutcome.Ok && envelope.Kind == MessageKind.Probe;

    private void BeProven()
    {
        _asker.Answers = true;
        Token();
        Assert.True(Helper.Core.IsProven(_asker.Contact));
        _asker.Answers = false;
    }

    private void Probe(PeerEndPoint asker) => Ask(asker, Token());

    private void Ask(PeerEndPoint asker, AddressToken token)
    {
        _asker.Ask(Helper.EndPoint, MessageKind.Probe, token, (codec, to, envelope) =>
            codec.Write(to, envelope, new ProbeRequest(Nonce, asker), Codec.MinRequestLength));
        _world.Run(TimeSpan.FromMilliseconds(500));
    }

    /// <summary>What the helper gives to whoever pings, and a ping with it, by which one is met.</summary>
    private AddressToken Token()
    {
        for (int i = 0; i < 2; i++)
        {
            AddressToken token = _asker.Heard.LastOrDefault(h => h.IsReply).Token;
            _asker.Ask(Helper.EndPoint, MessageKind.Ping, token, (codec, to, envelope) => codec.WritePing(to, envelope, Codec.MinRequestLength));
            _world.Run(TimeSpan.FromSeconds(1));
        }

        AddressToken given = _asker.Heard.Last(h => h.IsReply).Token;
        _asker.Heard.Clear();
        _asker.Lengths.Clear();
        _asker.Bodies.Clear();
        return given;
    }

    private bool Answered()
    {
        int answer = _asker.Heard.FindIndex(h => h.Kind == (MessageKind.Probe | MessageKind.Reply) && h.Transaction != Nonce);
        Assert.True(Codec.TryRead(_asker.Bodies[answer], out ProbeReply reply));
        return reply.Dialled;
    }
}
