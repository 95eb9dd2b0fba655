using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>Who is told of changes, how often, and who finds no room.</summary>
public sealed class SubscribersTests
{
    private static readonly RecordKey Key = RecordKey.ForName("topic");
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly World _world = new(1) { FixedLatency = TimeSpan.FromMilliseconds(10) };
    private readonly Stranger _reader;
    private long _sequence;

    public SubscribersTests()
    {
        _world.Grow(1);
        _reader = new Stranger(_world, "203.0.113.1:7411") { Answers = false };
    }

    private WorldNode Holder => _world.Nodes[0];

    private int Count => Holder.Core.Subscribers.Count;

    [Fact]
    public void OnSubscribe_WithoutAToken_IsARetryAndNoLease()
    {
        Subscribe(new AddressToken(7));
        Assert.Equal((MessageKind.Retry, 0), (Assert.Single(_reader.Heard).Kind, Count));
    }

    [Fact]
    public void OnWritten_ASilentSubscriber_IsToldThreeTimesUnderItsTransactionAndForgotten()
    {
        ulong transaction = Subscribe(_reader.Ping(Holder.EndPoint));
        Assert.Equal(new SubscribeReply(SubscribeStatus.Subscribed, 0, 0), Told().Single());
        Put();
        ulong state = Holder.Core.Holding.StateOf(Key);
        _world.Run(Second / 2);
        Assert.Equal([new SubscribeReply(SubscribeStatus.Changed, state, 0)], Told().Skip(1));
        _world.Run(10 * Second);
        Assert.Equal((4, 0), (Told().Count, Count));
        Put();
        _world.Run(10 * Second);
        Assert.Equal(4, Told().Count);
        Assert.All(_reader.Heard.Where(h => h.Kind == (MessageKind.Subscribe | MessageKind.Reply)), h => Assert.Equal(transaction, h.Transaction));
        Assert.All(_reader.Lengths, length => Assert.InRange(length, 1, Codec.MinRequestLength));
    }

    [Fact]
    public void OnWritten_ManyChanges_AreToldAsOneOnceASecond()
    {
        AddressToken token = _reader.Ping(Holder.EndPoint);
        Subscribe(token);
        for (int i = 0; i < 100; i++)
        {
            Put();
            Subscribe(token);
            _world.Run(Second / 20);
        }

        int changes = Told().Count(t => t.Status == SubscribeStatus.Changed);
        Assert.InRange(changes, 4, (int)(_world.Now / Second) + 1);
        Assert.Equal(Holder.Core.Holding.StateOf(Key), Told()[^1].State);
    }

    [Fact]
    public void Renew_WhileTheChangeWasTold_IsTheAcknowledgement()
    {
        AddressToken token = _reader.Ping(Holder.EndPoint);
        Subscribe(token);
        Put();
        _world.Run(Second / 2);
        Subscribe(token);
        _world.Run(10 * Second);
        Assert.Equal(
            [SubscribeStatus.Subscribed, SubscribeStatus.Changed, SubscribeStatus.Subscribed],
            Told().Select(t => t.Status));
        Assert.Equal(1, Count);
    }

    [Fact]
    public void OnDue_ALeaseThatIsNotRenewed_Ends()
    {
        Subscribe(_reader.Ping(Holder.EndPoint));
        _world.Run(Subscriber.LeaseTime - Second);
        Assert.Equal(1, Count);
        _world.Run(2 * Second);
        Assert.Equal(0, Count);
        Put();
        _world.Run(10 * Second);
        Assert.Single(Told());
    }

    [Fact]
    public void OnChanged_OfAnOpenKey_TellsWhereTheRecordStands()
    {
        Subscribe(_reader.Ping(Holder.EndPoint));
        WorldNode other = _world.Add(configure: null, ipv4: true, Holder);
        _world.Await(other.Begin());
        Put();
        Put(other);
        _world.Run(Second / 2);
        Assert.Equal(Holder.Core.Holding.PositionOf(Key, Holder.Id), Told()[1].Cursor);
        _world.Run(5 * Second);
        Assert.Equal(Holder.Core.Holding.PositionOf(Key, other.Id), 1 - Holder.Core.Holding.PositionOf(Key, Holder.Id));
    }

    [Fact]
    public void TryAdd_MoreOfOneGroupThanItsShare_AreFullAndStillToldTheState()
    {
        for (int i = 0; i <= Subscribers.MaxPerGroup; i++)
        {
            OnSubscribe($"198.51.100.{i % 250}:{1000 + i}", RecordKey.ForName($"{i}"));
        }

        Assert.Equal(Subscribers.MaxPerGroup, Count);
        Put();
        AddressToken token = _reader.Ping(Holder.EndPoint);
        for (int i = 0; i < Subscribers.MaxPerGroup; i++)
        {
            OnSubscribe($"203.0.113.9:{1000 + i}", RecordKey.ForName($"{i}"));
        }

        Subscribe(token);
        Assert.Equal(new SubscribeReply(SubscribeStatus.Full, Holder.Core.Holding.StateOf(Key), 0), Told().Single());
    }

    [Fact]
    public void TryAdd_WhereAKeyIsFull_TheLargestGroupMakesRoomForOthersAndFindsNone()
    {
        for (int i = 0; i < Subscribers.MaxPerKey; i++)
        {
            OnSubscribe($"198.51.{i % 4}.7:{1000 + i}", Key);
        }

        OnSubscribe("198.51.0.7:7411", Key);
        Assert.Equal(Subscribers.MaxPerKey, Count);
        AddressToken token = _reader.Ping(Holder.EndPoint);
        Subscribe(token);
        Assert.Equal((SubscribeStatus.Subscribed, Subscribers.MaxPerKey), (Told()[^1].Status, Count));
        for (int i = 0; i < Subscribers.MaxPerKey; i++)
        {
            OnSubscribe($"198.51.{i % 4}.7:{5000 + i}", Key);
        }

        Put();
        _world.Run(Second / 2);
        Assert.Equal(SubscribeStatus.Changed, Told()[^1].Status);
    }

    [Fact]
    public void TryAdd_WhereAllIsFull_NobodyIsAddedButForTheLargestGroup()
    {
        for (int i = 0; i < 2 * Subscribers.MaxSubscribers; i++)
        {
            OnSubscribe($"198.51.{i % 100}.7:{1000 + i}", RecordKey.ForName($"{i % 1000}"));
        }

        Assert.Equal(Subscribers.MaxSubscribers, Count);
        Subscribe(_reader.Ping(Holder.EndPoint));
        Assert.Equal((SubscribeStatus.Subscribed, Subscribers.MaxSubscribers), (Told()[^1].Status, Count));
        Holder.Core.AssertInvariants();
    }

    private void Put() => Put(Holder);

    private void Put(WorldNode writer)
    {
        PutCall call = new(Key, "topic"u8.ToArray(), new byte[] { 1 }, IsTombstone: false, new PutOptions { Republish = false, Sequence = ++_sequence });
        Assert.True(_world.Await(writer.Call((core, scope) => core.Putting.PutAsync(call, scope))).Stored > 0);
    }

    private ulong Subscribe(AddressToken token)
    {
        ulong transaction = _reader.Ask(Holder.EndPoint, MessageKind.Subscribe, token, (codec, to, envelope) =>
            codec.Write(to, envelope, new SubscribeRequest(Key), Codec.MinRequestLength));
        _world.Run(TimeSpan.FromMilliseconds(20));
        return transaction;
    }

    /// <summary>Has a request taken in that came from anywhere.</summary>
    private void OnSubscribe(string from, RecordKey key)
    {
        PeerEndPoint endPoint = PeerEndPoint.Parse(from);
        Envelope envelope = new(MessageKind.Subscribe, 1, NodeId.Random(_world.Random), SenderFlags.None, AddressToken.None, default);
        IncomingRequest request = new(envelope, endPoint, IsProven: true, Codec.MaxMessageLength, new AddressToken(1));
        Holder.Core.Subscribers.OnSubscribe(request, key);
    }

    private List<SubscribeReply> Told()
    {
        List<SubscribeReply> told = [];
        for (int i = 0; i < _reader.Heard.Count; i++)
        {
            if (_reader.Heard[i].Kind == (MessageKind.Subscribe | MessageKind.Reply))
            {
                Assert.True(Codec.TryRead(_reader.Bodies[i], out SubscribeReply reply));
                told.Add(reply);
            }
        }

        return told;
    }
}
