using Kademlia.Core;

namespace Kademlia.Tests.Core;

public class RecordCollectorTests
{
    private readonly World _world = new(1);

    [Fact]
    public void Offer_OneHolderAgainAndAgain_IsNoQuorum()
    {
        (RecordCollector collector, Record record) = Collect();
        for (int i = 0; i < 5; i++)
        {
            collector.Offer(record.View, _world.Nodes[1].Id);
            _world.Run(TimeSpan.FromSeconds(1));
        }

        Assert.Single(collector.Newest);
        Assert.False(collector.IsSatisfied);
    }

    [Fact]
    public void Offer_ThreeHolders_IsPromisingAtOnceAndEnoughWhenVerified()
    {
        (RecordCollector collector, Record record) = Collect();
        int satisfied = 0;
        collector.Satisfied = () => satisfied++;
        for (int i = 1; i <= 3; i++)
        {
            collector.Offer(record.View, _world.Nodes[i].Id);
        }

        Assert.Equal((true, false), (collector.IsPromising, collector.IsSatisfied));
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((true, 1), (collector.IsSatisfied, satisfied));
    }

    [Fact]
    public void Offer_ADisplacedHolderAmongThree_IsNoQuorumAndAFourthMakesIt()
    {
        (RecordCollector collector, Record record) = Collect();
        collector.OnDisplaced(_world.Nodes[1].Id);
        for (int i = 1; i <= 3; i++)
        {
            collector.Offer(record.View, _world.Nodes[i].Id);
        }

        Assert.False(collector.IsPromising);
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((1, false), (collector.Newest.Count, collector.IsSatisfied));
        collector.Offer(record.View, _world.Nodes[4].Id);
        Assert.True(collector.IsSatisfied);
    }

    [Fact]
    public void Offer_AForgedCopy_DisappointsAndCountsNobody()
    {
        (RecordCollector collector, Record record) = Collect();
        int disappointed = 0;
        collector.Disappointed = () => disappointed++;
        byte[] signature = record.Signature.ToArray();
        signature[0] ^= 1;
        for (int i = 1; i <= 3; i++)
        {
            collector.Offer(
                new(record.Kind, record.Algorithm, record.PublicKey.Span, record.Salt.Span, record.Sequence, false, record.ExpirySeconds, record.Value.Span, signature),
                _world.Nodes[i].Id);
        }

        _world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((1, false, false), (disappointed, collector.IsPromising, collector.IsSatisfied));
        Assert.Empty(collector.Newest);
    }

    private (RecordCollector Collector, Record Record) Collect()
    {
        _world.Grow(5);
        WorldNode writer = _world.Nodes[4];
        RecordKey key = RecordKey.ForOwner(writer.Core.Identity.Algorithm, writer.Core.Identity.PublicKey.Span, "a"u8);
        PutCall call = new(key, "a"u8.ToArray(), new byte[] { 1 }, IsTombstone: false, new PutOptions());
        Record record = _world.Await(writer.Call((core, scope) => core.Putting.PutAsync(call, scope))).Record;
        return (new RecordCollector(_world.Nodes[0].Core, key, new GetOptions(), new CancelScope()), record);
    }
}
