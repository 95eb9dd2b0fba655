using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>What a node keeps for strangers, and until when it serves that. Nobody looks after expiry here: upkeep is not begun.</summary>
public sealed class HoldingTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(RecordExpiry.SkewSeconds);

    private readonly World _world = new(1);
    private readonly WorldNode _node;
    private readonly Stranger _stranger;
    private readonly Record _record;

    public HoldingTests()
    {
        _node = _world.Add();
        _stranger = new Stranger(_world, "60.0.0.1:7411");
        _record = RecordDraft.Content("hello"u8, (_world.Wall + Lifetime).ToUnixTimeSeconds());
    }

    [Fact]
    public void A_store_without_a_valid_token_is_answered_with_one_and_keeps_nothing()
    {
        foreach (AddressToken none in new[] { AddressToken.None, new AddressToken(99) })
        {
            Assert.Equal(MessageKind.Retry, Store(none).Kind);
            Assert.Equal(0, _node.Core.Holding.Index.Count);
        }

        Assert.Equal(MessageKind.Store | MessageKind.Reply, Store(_stranger.Heard[^1].Token).Kind);
        Assert.Equal(1, _node.Core.Holding.Index.Count);
    }

    [Fact]
    public void A_record_that_is_over_is_not_served_even_while_it_is_still_there()
    {
        Store(Store(AddressToken.None).Token);
        _world.Run(Lifetime + Skew - TimeSpan.FromSeconds(10));
        Assert.Equal((1, 1), Served());
        _world.Run(TimeSpan.FromSeconds(10));
        Assert.Equal((0, 0), Served());
        Assert.Equal(1, _node.Core.Holding.Index.Count);
    }

    /// <remarks>Effects take time in a world, as removals do in a store that waits for its disk.</remarks>
    [Fact]
    public void A_put_into_a_slot_that_is_being_emptied_waits_and_is_stored()
    {
        Store(Store(AddressToken.None).Token);
        _world.Run(Lifetime + Skew);
        Record again = RecordDraft.Content("hello"u8, (_world.Wall + Lifetime).ToUnixTimeSeconds());
        WorldOperation<(StoreOutcome Outcome, Record?)> put = _node.Call((core, _) =>
        {
            core.Holding.DropExpired();
            return core.Holding.HoldOwnAsync(again, StoreRequest.Unconditional);
        });
        Assert.Equal(StoreOutcome.Stored, _world.Await(put).Outcome);
        Assert.Equal((1, 1), Served());
    }

    /// <summary>What the node says to a store of the record.</summary>
    private Envelope Store(AddressToken token)
    {
        _stranger.Ask(_node.EndPoint, MessageKind.Store, token, (codec, to, envelope) =>
            codec.Write(to, envelope, new StoreRequest(StorePurpose.Put, _record.View, StoreRequest.Unconditional), Codec.MinRequestLength));
        _world.Run(TimeSpan.FromSeconds(1));
        return _stranger.Heard.FindLast(heard => heard.IsReply);
    }

    /// <summary>How many records the node says that it holds, and sends.</summary>
    private (int Held, int Sent) Served()
    {
        (int Held, int Sent) served = default;
        _world.Sniffer = (from, _, datagram) =>
        {
            new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out ReadOnlySpan<byte> body);
            if (from == _node.EndPoint && Codec.TryRead(body, new DecodeScratch(), out FindValueReply reply))
            {
                served = (reply.Held, reply.Records.Count);
            }
        };
        _stranger.Ask(_node.EndPoint, MessageKind.FindValue, AddressToken.None, (codec, to, envelope) =>
            codec.Write(to, envelope, new FindValueRequest(_record.Key, 0), 450));
        _world.Run(TimeSpan.FromSeconds(1));
        return served;
    }
}
