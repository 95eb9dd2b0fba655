using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>Nodes of this version and nodes that ask for more get along.</summary>
public class UnsupportedTests
{
    private static readonly Codec Codec = new(1);

    [Theory]
    [InlineData(10)]
    [InlineData(61)]
    [InlineData(63)]
    public void A_question_of_an_unknown_kind_is_answered_with_unsupported(byte kind)
    {
        World world = new(1);
        world.Grow(2);
        (WorldNode asked, WorldNode asker) = (world.Nodes[0], world.Nodes[1]);
        List<(MessageKind Kind, int Length)> answers = [];
        world.Sniffer = (from, to, datagram) =>
        {
            Codec.TryReadEnvelope(datagram, out Envelope envelope, out _);
            if (from == asked.EndPoint && to == asker.EndPoint && envelope.Transaction == 42)
            {
                answers.Add((envelope.Kind, datagram.Length));
            }
        };

        asked.Receive(UnknownQuestion(kind, asker.Id), asker.EndPoint);

        (MessageKind answer, int length) = Assert.Single(answers);
        Assert.Equal(MessageKind.Unsupported, answer);
        Assert.InRange(length, 1, Codec.MinRequestLength);
    }

    [Fact]
    public void A_node_that_supports_nothing_is_not_blamed_for_it()
    {
        World world = new(2);
        world.Grow(3);
        (WorldNode asker, WorldNode asked) = (world.Nodes[0], world.Nodes[1]);
        int knows = asker.Core.Overlays[0].Table.Count;
        long timedOut = asker.Core.Counters.RequestsTimedOut;
        int refused = 0;
        world.Sniffer = (from, to, datagram) =>
        {
            Codec.TryReadEnvelope(datagram, out Envelope envelope, out _);
            if (from == asker.EndPoint && to == asked.EndPoint && !envelope.IsReply)
            {
                refused++;
                byte[] answer = Unsupported(envelope.Transaction, asked.Id, asker.EndPoint);
                world.At(world.Now, () => asker.Receive(answer, asked.EndPoint));
            }
        };

        for (int i = 0; i < 10; i++)
        {
            Assert.Null(world.Await(asker.Call((core, scope) => core.Finding.PingAsync(asked.EndPoint, scope))));
        }

        Assert.True(refused >= 10);
        Assert.Equal(timedOut, asker.Core.Counters.RequestsTimedOut);
        Assert.Equal(knows, asker.Core.Overlays[0].Table.Count);
    }

    [Fact]
    public void A_node_that_keeps_no_records_has_refused_the_put()
    {
        World world = new(3);
        world.Grow(3);
        (WorldNode asker, WorldNode asked) = (world.Nodes[0], world.Nodes[1]);
        world.Sniffer = (from, to, datagram) =>
        {
            Codec.TryReadEnvelope(datagram, out Envelope envelope, out _);
            if (from == asker.EndPoint && to == asked.EndPoint && envelope.Kind == MessageKind.Store)
            {
                byte[] answer = Unsupported(envelope.Transaction, asked.Id, asker.EndPoint);
                world.At(world.Now, () => asker.Receive(answer, asked.EndPoint));
            }
        };

        PutCall call = new(RecordKey.ForContent([1]), [], new byte[] { 1 }, IsTombstone: false, new PutOptions());
        PutReceipt receipt = world.Await(asker.Call((core, scope) => core.Putting.PutAsync(call, scope)));
        StoreVerdict verdict = Assert.Single(receipt.Verdicts, v => v.Contact.Id == asked.Id);
        Assert.Equal((StoreOutcome.Refused, TimeSpan.Zero), (verdict.Outcome, verdict.ClockSkew));
        Assert.Equal((2, 3), (receipt.Stored, receipt.Wanted));
    }

    /// <summary>A ping whose kind is rewritten.</summary>
    private static byte[] UnknownQuestion(byte kind, NodeId sender)
    {
        const int KindAt = 12;
        byte[] datagram = new byte[Codec.MinRequestLength];
        Envelope envelope = new(MessageKind.Ping, 42, sender, SenderFlags.None, default, default);
        Codec.WritePing(datagram, envelope, datagram.Length);
        Assert.Equal((byte)MessageKind.Ping, datagram[KindAt]);
        datagram[KindAt] = kind;
        return datagram;
    }

    private static byte[] Unsupported(ulong transaction, NodeId sender, PeerEndPoint observed)
    {
        byte[] datagram = new byte[Codec.MaxMessageLength];
        Envelope envelope = new(MessageKind.Unsupported, transaction, sender, SenderFlags.None, default, observed);
        return datagram[..Codec.WriteUnsupported(datagram, envelope)];
    }
}
