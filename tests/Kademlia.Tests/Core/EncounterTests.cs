using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>What a node does with those it meets: who restarted, who is another now, who lies, and who is unknown.</summary>
public sealed class EncounterTests
{
    private readonly World _world = new(1);

    [Fact]
    public void A_node_that_restarted_with_a_new_secret_is_asked_once_more_and_answers()
    {
        _world.Grow(2);
        (WorldNode asker, WorldNode old) = (_world.Nodes[0], _world.Nodes[1]);
        WorldNode again = _world.Replace(old, old.Core.Identity);
        again.OnTalk = talk => talk.Payload;
        List<PeerEndPoint> sent = [];
        _world.Sniffer = (from, to, _) => sent.Add(to);
        TalkAnswer? answer = _world.Await(Talk(asker, again));
        Assert.Equal([7], answer?.Payload);
        Assert.Equal([again.EndPoint, asker.EndPoint, again.EndPoint, asker.EndPoint], sent.Take(4));
        Assert.True(asker.Core.Overlays[0].Table.Contains(again.Contact));
    }

    [Fact]
    public void Another_id_at_a_known_endpoint_is_seen_in_a_matched_reply()
    {
        _world.Grow(2);
        (WorldNode asker, WorldNode old) = (_world.Nodes[0], _world.Nodes[1]);
        WorldNode other = _world.Replace(old, _world.Scheme.CreateIdentity());
        Assert.Null(_world.Await(Talk(asker, old)));
        Assert.False(asker.Core.Overlays[0].Table.Contains(old.Contact));
        Assert.NotEqual(old.Id, other.Id);
    }

    [Fact]
    public void Another_id_at_a_known_endpoint_evicts_nobody_when_it_was_not_asked()
    {
        _world.Grow(2);
        (WorldNode node, WorldNode known) = (_world.Nodes[0], _world.Nodes[1]);
        Stranger spoofer = new(_world, known.EndPoint.ToString());
        for (int i = 0; i < 10; i++)
        {
            spoofer.Ask(node.EndPoint, MessageKind.Ping, AddressToken.None, (codec, to, envelope) => codec.WritePing(to, envelope, 128));
            spoofer.Ask(node.EndPoint, MessageKind.Ping | MessageKind.Reply, new AddressToken(1), (codec, to, envelope) => codec.WritePingReply(to, envelope));
        }

        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(10, node.Core.Counters[DropReason.Unmatched]);
        Assert.True(node.Core.Overlays[0].Table.Contains(known.Contact));
    }

    [Fact]
    public void Who_proves_its_id_is_admitted()
    {
        (WorldNode node, Stranger stranger) = Meet(_ => { });
        Assert.True(node.Core.Overlays[0].Table.Contains(stranger.Contact));
        Assert.Contains(stranger.Heard, heard => heard.Kind == MessageKind.Prove);
    }

    [Fact]
    public void Who_is_challenged_challenges_in_turn_with_the_token_that_came_with_it()
    {
        WorldNode first = _world.Add();
        WorldNode second = _world.Add(bootstrap: first);
        List<MessageKind> sent = [];
        _world.Sniffer = (_, _, datagram) =>
        {
            first.Core.Codec.TryReadEnvelope(datagram, out Envelope envelope, out _);
            sent.Add(envelope.Kind);
        };
        _world.Await(second.Begin());
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.True(first.Core.Overlays[0].Table.Contains(second.Contact) && second.Core.Overlays[0].Table.Contains(first.Contact));
        Assert.Equal((2, 2), (sent.Count(k => k == MessageKind.Prove), sent.Count(k => k == (MessageKind.Prove | MessageKind.Reply))));
        Assert.DoesNotContain(MessageKind.Retry, sent);
    }

    [Fact]
    public void A_challenger_that_has_not_shown_its_address_gives_no_token()
    {
        WorldNode node = _world.Add();
        Stranger stranger = new(_world, "60.0.0.1:7411");
        AddressToken token = TokenFor(stranger, node);
        AddressToken given = new(7);
        Challenge(new AddressToken(token.Value + 1));
        Assert.Null(node.Core.Peers.Find(stranger.EndPoint));
        Challenge(token);
        Assert.Equal(given, stranger.Heard.Find(h => h.Kind == MessageKind.Prove).Token);
        Assert.True(node.Core.Overlays[0].Table.Contains(stranger.Contact));
        Assert.NotEqual(given, node.Core.Peers.Find(stranger.EndPoint)!.Token);

        void Challenge(AddressToken carried) => ChallengeWith(stranger, node, carried, given, node.EndPoint);
    }

    [Fact]
    public void A_token_that_was_made_for_another_address_is_not_used()
    {
        WorldNode node = _world.Add();
        Stranger stranger = new(_world, "60.0.0.1:7411");
        ChallengeWith(stranger, node, TokenFor(stranger, node), new AddressToken(7), PeerEndPoint.Parse("10.0.0.1:7411"));
        Assert.Equal(AddressToken.None, stranger.Heard.Find(h => h.Kind == MessageKind.Prove).Token);
    }

    [Fact]
    public void Who_was_given_a_wrong_token_is_sent_another_and_goes_on()
    {
        (WorldNode challenger, WorldNode asked) = (_world.Add(), _world.Add());
        CoreTask<bool> Admit(NodeCore core) => core.Newcomers.AdmitAsync(asked.Contact, isHearsay: false, new AddressToken(7));
        Assert.True(_world.Await(challenger.Call((core, _) => Admit(core))));
        Assert.True(challenger.Core.Overlays[0].Table.Contains(asked.Contact));
    }

    private void ChallengeWith(Stranger stranger, WorldNode node, AddressToken carried, AddressToken given, PeerEndPoint dialled)
    {
        stranger.Ask(node.EndPoint, MessageKind.Prove, carried, (codec, bytes, envelope) =>
            codec.Write(bytes, envelope, new ProveRequest(new byte[16], dialled, given), 128));
        _world.Run(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("refuses")]
    [InlineData("is busy")]
    [InlineData("proves another's id")]
    [InlineData("has another sign")]
    public void Who_does_not_prove_its_id_is_not_admitted(string how)
    {
        (WorldNode node, Stranger stranger) = Meet(stranger =>
        {
            stranger.ProofStatus = how switch
            {
                "refuses" => ProofStatus.NotMyAddress,
                "is busy" => ProofStatus.Busy,
                _ => ProofStatus.Signed,
            };
            stranger.Proves = how == "proves another's id" ? _world.Scheme.CreateIdentity() : null;
            stranger.Signs = how == "has another sign" ? _world.Scheme.CreateIdentity() : null;
        });
        Assert.Contains(stranger.Heard, heard => heard.Kind == MessageKind.Prove);
        Assert.Equal(0, node.Core.Overlays[0].Table.Count);
        Assert.False(node.Core.Upkeep.Joined.IsKept);
    }

    [Fact]
    public void A_liar_s_referrals_into_private_networks_are_not_asked()
    {
        Random ids = new(1);
        WorldNode? node = null;
        HashSet<PeerEndPoint> asked = [];
        _world.Sniffer = (from, to, _) =>
        {
            if (from == node?.EndPoint)
            {
                asked.Add(to);
            }
        };
        PeerEndPoint elsewhere = PeerEndPoint.Parse("61.0.0.1:7411");
        string[] forbidden =
        [
            "127.0.0.1:7411", "10.0.0.1:7411", "172.16.0.1:7411", "192.168.1.1:7411", "169.254.1.1:7411", "100.64.0.1:7411",
            "0.0.0.0:7411", "224.0.0.1:7411", "255.255.255.255:7411", "62.0.0.1:0", "[::1]:7411", "[fe80::1]:7411",
        ];
        (node, Stranger liar) = Meet(
            stranger => stranger.Names =
            [
                .. forbidden.Select(PeerEndPoint.Parse).Append(elsewhere)
                    .Select(e => new Contact(NodeId.Random(ids), e)),
            ],
            made => node = made);
        _world.Await(node.Call((core, scope) => core.Finding.FindClosestAsync(NodeId.Random(ids), scope)));
        Assert.Equal(new[] { liar.EndPoint, elsewhere }.ToHashSet(), asked);
    }

    [Fact]
    public void Our_own_endpoint_under_another_s_id_is_not_asked()
    {
        Random ids = new(1);
        (WorldNode node, Stranger liar) = Meet(_ => { });
        liar.Names = [new Contact(NodeId.Random(ids), node.EndPoint)];
        HashSet<PeerEndPoint> asked = [];
        _world.Sniffer = (from, to, _) => asked.Add(from == node.EndPoint ? to : default);
        _world.Await(node.Call((core, scope) => core.Finding.FindClosestAsync(NodeId.Random(ids), scope)));
        Assert.Equal(new[] { liar.EndPoint, default }.ToHashSet(), asked);
    }

    [Fact]
    public void What_a_liar_s_referrals_aim_at_one_network_stays_within_its_budget()
    {
        Random ids = new(1);
        (WorldNode node, Stranger liar) = Meet(_ => { });
        AddressGroup victims = AddressGroup.Of(PeerEndPoint.Parse("70.0.0.0:7411"));
        liar.Names = [.. Enumerable.Range(1, 20).Select(i => new Contact(NodeId.Random(ids), PeerEndPoint.Parse($"70.0.0.{i}:7411")))];
        int bytes = 0;
        _world.Sniffer = (_, to, datagram) => bytes += AddressGroup.Of(to) == victims ? datagram.Length : 0;
        for (int i = 0; i < 10; i++)
        {
            NodeId target = NodeId.Random(ids);
            node.Call((core, scope) => core.Finding.FindClosestAsync(target, scope));
        }

        _world.Run(TimeSpan.FromSeconds(40));
        Assert.InRange(bytes, 1, HearsayBudget.UncorroboratedBytesPerMinute);
    }

    [Fact]
    public void An_unsolicited_datagram_without_a_token_causes_no_request_and_no_longer_reply()
    {
        WorldNode node = _world.Add();
        Stranger stranger = new(_world, "60.0.0.1:7411");
        foreach (AddressToken none in new[] { AddressToken.None, new AddressToken(99) })
        {
            AskEverything(stranger, node.EndPoint, none);
        }

        _world.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(0, node.Core.Counters.RequestsSent);
        Assert.Equal(10, stranger.Heard.Count);
        Assert.All(stranger.Heard, heard => Assert.True(heard.IsReply));
        Assert.All(stranger.Lengths, length => Assert.InRange(length, 1, 128));

        AddressToken token = stranger.Heard[0].Token;
        stranger.Ask(node.EndPoint, MessageKind.Ping, token, (codec, to, envelope) => codec.WritePing(to, envelope, 128));
        _world.Run(TimeSpan.FromSeconds(5));
        Assert.NotEqual(0, node.Core.Counters.RequestsSent);
        Assert.True(node.Core.Overlays[0].Table.Contains(stranger.Contact));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(300)]
    public void A_node_that_has_much_to_say_says_no_more_to_an_unproven_address_than_it_was_asked_with(int asked)
    {
        _world.Grow(25);
        PutCall call = new(RecordKey.ForContent(new byte[700]), [], new byte[700], IsTombstone: false, new PutOptions());
        WorldNode node = _world.Nodes.MinBy(n => n.Id ^ call.Key.Hash)!;
        _world.Await(node.Call((core, scope) => core.Putting.PutAsync(call, scope)));
        Stranger stranger = new(_world, "60.0.0.1:7411");
        foreach ((MessageKind kind, RequestWriter write) in new (MessageKind, RequestWriter)[]
        {
            (MessageKind.FindNode, (codec, to, envelope) =>
                codec.Write(to, envelope, new FindNodeRequest(call.Key.Hash, AddressFamilies.None), asked)),
            (MessageKind.FindValue, (codec, to, envelope) => codec.Write(to, envelope, new FindValueRequest(call.Key, 0), asked)),
        })
        {
            int unproven = ReplyTo(kind, AddressToken.None, write);
            Assert.InRange(stranger.Lengths[unproven], 1, asked);
            int proven = ReplyTo(kind, stranger.Heard[unproven].Token, write);
            Assert.InRange(stranger.Lengths[proven], 500, Codec.MaxMessageLength);
        }

        int ReplyTo(MessageKind kind, AddressToken token, RequestWriter write)
        {
            ulong transaction = stranger.Ask(node.EndPoint, kind, token, write);
            _world.Run(TimeSpan.FromSeconds(1));
            return stranger.Heard.FindIndex(heard => heard.IsReply && heard.Transaction == transaction);
        }
    }

    [Fact]
    public void A_repeated_message_reaches_its_handler_once_and_is_answered_again()
    {
        WorldNode node = _world.Add();
        int handled = 0;
        node.OnTalk = talk =>
        {
            handled++;
            return talk.Payload;
        };
        Stranger stranger = new(_world, "60.0.0.1:7411");
        stranger.Ask(node.EndPoint, MessageKind.Ping, AddressToken.None, (codec, to, envelope) => codec.WritePing(to, envelope, 128));
        _world.Run(TimeSpan.FromSeconds(1));
        AddressToken token = stranger.Heard[0].Token;

        RequestWriter write = (codec, to, envelope) => codec.Write(to, envelope, new TalkRequest("echo"u8, [1]), 128);
        ulong transaction = stranger.Ask(node.EndPoint, MessageKind.Talk, token, write);
        stranger.Repeat(node.EndPoint, MessageKind.Talk, token, transaction, write);
        stranger.Repeat(node.EndPoint, MessageKind.Talk, token, transaction, write);
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 1), (handled, AnswersTo(transaction)));
        stranger.Repeat(node.EndPoint, MessageKind.Talk, token, transaction, write);
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 2), (handled, AnswersTo(transaction)));
        stranger.Ask(node.EndPoint, MessageKind.Talk, token, write);
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(2, handled);

        int AnswersTo(ulong asked) => stranger.Heard.Count(heard => heard.Transaction == asked);
    }

    [Fact]
    public void One_network_s_messages_do_not_keep_all_handlers_busy()
    {
        const int Sent = 40;
        WorldNode node = _world.Add();
        node.OnTalk = talk => talk.Payload;
        _world.FixedLatency = TimeSpan.FromMilliseconds(10);
        Stranger many = new(_world, "60.0.0.1:7411");
        Stranger neighbour = new(_world, "60.0.0.2:7411");
        Stranger other = new(_world, "61.0.0.1:7411");
        List<TalkStatus> ofMany = [];
        List<TalkStatus> ofOther = [];
        AddressToken[] tokens = [.. new[] { many, neighbour, other }.Select(stranger => TokenFor(stranger, node))];
        _world.Sniffer = (from, to, datagram) =>
        {
            new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out ReadOnlySpan<byte> body);
            if (from == node.EndPoint && envelope.Kind == (MessageKind.Talk | MessageKind.Reply) && Codec.TryRead(body, out TalkReply reply))
            {
                (to == other.EndPoint ? ofOther : ofMany).Add(reply.Status);
            }
        };
        RequestWriter write = (codec, to, envelope) => codec.Write(to, envelope, new TalkRequest("echo"u8, [1]), 128);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < Sent; i++)
            {
                (i % 2 == 0 ? many : neighbour).Ask(node.EndPoint, MessageKind.Talk, tokens[i % 2], write);
            }

            other.Ask(node.EndPoint, MessageKind.Talk, tokens[2], write);
            _world.Run(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([TalkStatus.Answered, TalkStatus.Answered], ofOther);
        Assert.Equal(2 * Talking.MaxUnderWayPerGroup, ofMany.Count(status => status == TalkStatus.Answered));
        Assert.Equal(2 * (Sent - Talking.MaxUnderWayPerGroup), ofMany.Count(status => status == TalkStatus.Busy));
    }

    [Fact]
    public void Nodes_of_both_families_bring_records_from_one_to_the_other()
    {
        WorldNode first = _world.Add();
        WorldNode dual = _world.AddDual(first);
        WorldNode second = _world.Add(bootstrap: first);
        WorldNode newer = _world.Add(null, ipv4: false, dual);
        WorldNode newest = _world.Add(null, ipv4: false, newer);
        foreach (WorldNode node in _world.Nodes)
        {
            node.Begin();
            _world.Run(TimeSpan.FromSeconds(5));
        }

        Assert.Equal([2, 2], dual.Core.Overlays.Select(o => o.Table.Count));
        foreach ((WorldNode writer, WorldNode reader) in new[] { (second, newest), (newest, second), (dual, first), (dual, newer) })
        {
            byte[] value = writer.Id.ToByteArray();
            PutCall call = new(RecordKey.ForContent(value), [], value, IsTombstone: false, new PutOptions());
            PutReceipt receipt = _world.Await(writer.Call((core, scope) => core.Putting.PutAsync(call, scope)));
            Assert.True(receipt.Stored > 0);
            Assert.True(_world.Await(reader.Call((core, scope) => core.Getting.GetAsync(call.Key, new GetOptions(), scope))).Found);
        }
    }

    /// <summary>Five requests, and two replies to nothing.</summary>
    private static void AskEverything(Stranger stranger, PeerEndPoint to, AddressToken token)
    {
        stranger.Ask(to, MessageKind.Ping, token, (codec, bytes, envelope) => codec.WritePing(bytes, envelope, 128));
        stranger.Ask(to, MessageKind.FindNode, token, (codec, bytes, envelope) =>
            codec.Write(bytes, envelope, new FindNodeRequest(NodeId.Random(new Random(1)), AddressFamilies.None), 128));
        stranger.Ask(to, MessageKind.FindValue, token, (codec, bytes, envelope) =>
            codec.Write(bytes, envelope, new FindValueRequest(RecordKey.ForName("room"), 0), 128));
        stranger.Ask(to, MessageKind.Prove, token, (codec, bytes, envelope) =>
            codec.Write(bytes, envelope, new ProveRequest(new byte[16], PeerEndPoint.Parse("20.0.1.7:7411")), 128));
        stranger.Ask(to, MessageKind.Talk, token, (codec, bytes, envelope) =>
            codec.Write(bytes, envelope, new TalkRequest("echo"u8, [1]), 128));
        stranger.Ask(to, MessageKind.Ping | MessageKind.Reply, token, (codec, bytes, envelope) => codec.WritePingReply(bytes, envelope));
        stranger.Ask(to, MessageKind.Retry, token, (codec, bytes, envelope) => codec.WriteRetry(bytes, envelope));
    }

    /// <summary>A node that joins through a stranger, and has tried.</summary>
    private (WorldNode Node, Stranger Stranger) Meet(Action<Stranger> prepare, Action<WorldNode>? made = null)
    {
        Stranger stranger = new(_world, "60.0.0.1:7411");
        WorldNode node = _world.Add();
        made?.Invoke(node);
        prepare(stranger);
        node.Bootstrap = [stranger.EndPoint];
        _world.Await(node.Begin());
        return (node, stranger);
    }

    private AddressToken TokenFor(Stranger stranger, WorldNode node)
    {
        stranger.Ask(node.EndPoint, MessageKind.Ping, AddressToken.None, (codec, to, envelope) => codec.WritePing(to, envelope, 128));
        _world.Run(TimeSpan.FromSeconds(1));
        return stranger.Heard[0].Token;
    }

    private static WorldOperation<TalkAnswer?> Talk(WorldNode from, WorldNode to) =>
        from.Call((core, scope) => core.Talking.TalkAsync(to.Contact, "echo", [7], scope));
}
