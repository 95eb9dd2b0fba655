using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>The wall clock of one machine jumps by a day, and is put right later.</summary>
public sealed class ClockJumpTests
{
    private const int Nodes = 6;
    private const int Records = 10;
    private const int Looks = 24;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Until a jump has been taken over: a reading each minute, and one that confirms.</summary>
    private static readonly TimeSpan Confirmed = 2.5 * Minute;

    private readonly VirtualNetwork _network = Join(seed: 1, Nodes);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_jump_that_no_second_reading_confirms_drops_nothing(int days) => _network.Run(async () =>
    {
        await PutAsync(_network, Records);
        KademliaNode node = _network.Nodes[3];
        foreach (TimeSpan ahead in (TimeSpan[])[days * Day, TimeSpan.Zero, days * Day, TimeSpan.Zero])
        {
            _network.MachineOf(node).ClockSkew = ahead;
            await _network.DelayAsync(Minute);
            Assert.Equal(Records, node.Info.Records);
        }
    });

    [Fact]
    public void A_holder_a_day_ahead_drops_what_it_holds_is_missed_by_nobody_and_has_all_of_it_again_when_its_clock_is_right() => _network.Run(async () =>
    {
        Put[] puts = await PutAsync(_network, Records);
        KademliaNode wrong = _network.Nodes[3];
        _network.MachineOf(wrong).ClockSkew = Day;
        await _network.DelayAsync(10 * Minute);
        Assert.Equal(puts.Count(p => p.Publisher == wrong), wrong.Info.Records);
        await WatchAsync(3 * Hour, puts, wrong);
        long unanswered = wrong.Core.Counters.SummariesUnanswered;
        _network.MachineOf(wrong).ClockSkew = TimeSpan.Zero;
        await WatchAsync(1.5 * Hour, puts, wrong);
        Assert.InRange(wrong.Core.Counters.SummariesUnanswered - unanswered, 0, 2);
        Assert.Equal(Records, wrong.Info.Records);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void What_a_publisher_put_while_its_clock_was_a_day_off_lives_as_long_as_the_publisher(int days) => _network.Run(async () =>
    {
        KademliaNode publisher = _network.Nodes[3];
        _network.MachineOf(publisher).ClockSkew = days * Day;
        await _network.DelayAsync(Confirmed);
        PutReceipt receipt = await publisher.PutAsync("record", new byte[1]);
        Assert.Equal(Nodes, receipt.Stored);
        _network.MachineOf(publisher).ClockSkew = TimeSpan.Zero;
        await WatchAsync(6 * Hour, [new Put(publisher, receipt)], publisher);
    });

    [Fact]
    public void What_a_clock_that_was_a_day_ahead_could_not_delete_is_deleted_when_it_is_right() => _network.Run(async () =>
    {
        KademliaNode publisher = _network.Nodes[3];
        PutReceipt put = await publisher.PutAsync("record", new byte[1]);
        _network.MachineOf(publisher).ClockSkew = Day;
        await _network.DelayAsync(Confirmed);
        PutReceipt refused = await publisher.DeleteAsync("record");
        Assert.Equal(1, refused.Stored);
        Assert.Equal(Nodes - 1, refused.Verdicts.Count(v => v.Outcome == StoreOutcome.Refused && v.ClockSkew < -Day / 2));
        _network.MachineOf(publisher).ClockSkew = TimeSpan.Zero;
        await _network.DelayAsync(Confirmed);
        PutReceipt deleted = await publisher.DeleteAsync("record");
        Assert.Equal(Nodes, deleted.Stored);
        Assert.All(await ReadByAllAsync(put.Key), result => Assert.True(result.IsDeleted));
    });

    /// <summary>For a time everybody knows a node, and everybody else finds all records.</summary>
    private async Task WatchAsync(TimeSpan time, Put[] puts, KademliaNode wrong)
    {
        KademliaNode[] others = [.. _network.Nodes.Where(n => n != wrong)];
        for (TimeSpan end = _network.Now + time; _network.Now < end; await _network.DelayAsync(time / Looks))
        {
            Assert.All(others, node => Assert.Contains(node.Contacts, c => c.Id == wrong.Id));
            foreach (Put put in puts)
            {
                GetResult result = await others[_network.Random.Next(others.Length)].GetAsync(put.Receipt.Key);
                Assert.True(Has(result, put), $"{put.Receipt} is lost at {_network.Now}.");
            }
        }
    }

    private Task<GetResult[]> ReadByAllAsync(RecordKey key) => Task.WhenAll(_network.Nodes.Select(n => n.GetAsync(key)));
}
