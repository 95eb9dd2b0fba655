using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>What a node sends is counted by what it is for.</summary>
public sealed class PurposeTests
{
    private const int K = 4;

    private readonly World _world = new(31);
    private readonly Dictionary<MessageKind, TrafficCounters> _sent = [];

    [Fact]
    public void Every_datagram_of_ten_hours_has_its_purpose()
    {
        _world.Grow(1, Configure);
        WorldNode node = _world.Nodes[0];
        Observe(node);
        _world.Grow(9, Configure);
        for (int i = 0; i < 10; i++)
        {
            Put(node, $"{i}");
            _world.Run(TimeSpan.FromHours(1));
            _world.Kill(_world.Nodes.OrderBy(n => n.Id ^ node.Id).ElementAt(1));
            _world.Grow(1, Configure);
        }

        CoreCounters counters = node.Core.Counters;
        Assert.All(Enum.GetValues<Purpose>(), purpose => Assert.True(counters[purpose].Sent > 0, $"Nothing was sent for {purpose}."));
        Assert.Equal(_sent[MessageKind.Digest], counters[Purpose.Digests]);
        Assert.Equal(Of(kind => (kind & MessageKind.Reply) != 0), counters[Purpose.Answers]);
        Assert.Equal(Of(_ => true), new TrafficCounters(counters.Sent, counters.BytesSent));
    }

    [Fact]
    public void What_a_caller_asks_for_is_no_upkeep()
    {
        _world.Grow(3, Configure);
        WorldNode node = _world.Nodes[2];
        UpkeepCounters before = node.Core.Counters.ToUpkeep();
        TrafficCounters calls = node.Core.Counters[Purpose.Calls];
        Put(node, "kept");
        Assert.Equal(before, node.Core.Counters.ToUpkeep());
        Assert.True(node.Core.Counters[Purpose.Calls].Sent > calls.Sent);
    }

    private static CoreOptions Configure(CoreOptions options) => options with { BucketSize = K };

    private TrafficCounters Of(Func<MessageKind, bool> kinds) => _sent.Where(s => kinds(s.Key))
        .Aggregate(default(TrafficCounters), (sum, s) => new TrafficCounters(sum.Sent + s.Value.Sent, sum.BytesSent + s.Value.BytesSent));

    private void Observe(WorldNode node)
    {
        Assert.Equal(0, node.Core.Counters.Sent);
        _world.Sniffer = (from, to, datagram) =>
        {
            if (from == node.EndPoint)
            {
                new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out _);
                TrafficCounters sent = _sent.GetValueOrDefault(envelope.Kind);
                _sent[envelope.Kind] = new TrafficCounters(sent.Sent + 1, sent.BytesSent + datagram.Length);
            }
        };
    }

    private void Put(WorldNode publisher, string name)
    {
        byte[] salt = RecordKey.EncodeName(name);
        RecordKey key = RecordKey.ForOwner(publisher.Core.Identity.Algorithm, publisher.Core.Identity.PublicKey.Span, salt);
        PutCall call = new(key, salt, new byte[] { 1 }, IsTombstone: false, new PutOptions { Lifetime = TimeSpan.FromHours(4) });
        Assert.True(_world.Await(publisher.Call((core, scope) => core.Putting.PutAsync(call, scope))).Stored > 0);
    }
}
