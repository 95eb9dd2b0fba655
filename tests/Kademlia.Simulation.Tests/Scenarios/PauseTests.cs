using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>A machine stands still, like a laptop that is closed, and goes on where it was.</summary>
public sealed class PauseTests
{
    private const int Nodes = 5;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly VirtualNetwork _network = Join(seed: 1, Nodes);

    [Fact]
    public void Half_an_hour_later_it_is_known_again_has_what_was_put_meanwhile_and_shows_nothing_that_was_deleted() => _network.Run(async () =>
    {
        (KademliaNode sleeper, KademliaNode other) = (_network.Nodes[2], _network.Nodes[4]);
        PutReceipt deleted = await other.PutAsync("deleted", new byte[1]);
        PutReceipt own = await sleeper.PutAsync("own", new byte[1]);
        TimeSpan end = _network.Now + (30 * Minute);
        _network.MachineOf(sleeper).PauseFor(30 * Minute);
        await other.DeleteAsync("deleted");
        PutReceipt put = await other.PutAsync("new", new byte[1]);
        Assert.DoesNotContain(put.Verdicts, v => v.Contact.Id == sleeper.Id && v.Outcome == StoreOutcome.Stored);
        await _network.DelayAsync(end - _network.Now + Minute);
        Assert.False((await sleeper.GetAsync(deleted.Key)).Found);
        await _network.DelayAsync(20 * Minute);
        Assert.All(_network.Nodes.Where(n => n != sleeper), node => Assert.Contains(node.Contacts, c => c.Id == sleeper.Id));
        Assert.True(sleeper.Core.Read(deleted.Key, other.Id)!.IsTombstone);
        Assert.NotNull(sleeper.Core.Read(put.Key, other.Id));
        Assert.All(await ReadByAllAsync(own.Key), result => Assert.True(result.Found));
    });

    [Fact]
    public void Two_days_later_what_it_published_lives_again_and_what_has_expired_does_not() => _network.Run(async () =>
    {
        (KademliaNode sleeper, KademliaNode other) = (_network.Nodes[2], _network.Nodes[4]);
        PutReceipt own = await sleeper.PutAsync("own", new byte[1]);
        PutReceipt expired = await other.PutAsync("expired", new byte[1], new PutOptions { Republish = false });
        PutReceipt deleted = await other.PutAsync("deleted", new byte[1]);
        _network.MachineOf(sleeper).PauseFor(2 * Day);
        await _network.DelayAsync(Minute);
        await other.DeleteAsync("deleted");
        await _network.DelayAsync(2 * Day - (2 * Minute));
        Assert.False((await other.GetAsync(own.Key)).Found);
        for (int i = 0; i < 20; i++)
        {
            await _network.DelayAsync(Minute / 4);
            GetResult[] results = [.. await ReadByAllAsync(expired.Key), .. await ReadByAllAsync(deleted.Key)];
            Assert.All(results, result => Assert.False(result.Found));
        }

        Assert.All(await ReadByAllAsync(own.Key), result => Assert.True(result.Found));
    });

    /// <summary>A publisher is there twice, and learns only when it goes on that its other self has deleted the record.</summary>
    [Fact]
    public void It_does_not_bring_back_what_was_deleted_elsewhere_under_its_own_key_while_it_stood_still()
    {
        VirtualNetwork network = Join(seed: 1, Nodes, ShortLives());
        network.Run(async () =>
        {
            NodeIdentity identity = network.CreateIdentity();
            KademliaOptions options = ShortLives(identity);
            KademliaNode awake = await network.StartNodeAsync(options);
            KademliaNode asleep = await network.StartNodeAsync(options);
            PutReceipt put = await asleep.PutAsync("record", new byte[1]);
            network.MachineOf(asleep).PauseFor(2 * Hour);
            await network.DelayAsync(Minute);
            Assert.True((await awake.GetAsync(put.Key)).Found);
            Assert.Equal(Nodes, (await awake.DeleteAsync("record")).Stored);
            for (int look = 0; look < 16; look++)
            {
                await network.DelayAsync(Hour / 2);
                Assert.False((await network.Nodes[look % Nodes].GetAsync(put.Key)).Found, $"It is back at {network.Now}.");
            }

            Assert.Empty(asleep.OwnRecords);
        });
    }

    private static KademliaOptions ShortLives(NodeIdentity? identity = null) => new()
    {
        Identity = identity,
        Role = identity is null ? NodeRole.Server : NodeRole.Client,
        RecordLifetime = 2 * Hour,
        RepublishInterval = Hour,
        MaxRecordLifetime = 4 * Hour,
    };

    private Task<GetResult[]> ReadByAllAsync(RecordKey key) => Task.WhenAll(_network.Nodes.Select(n => n.GetAsync(key)));
}
