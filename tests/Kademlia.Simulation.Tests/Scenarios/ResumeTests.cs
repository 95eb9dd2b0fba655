using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>A publisher crashes and comes back with its disk: it goes on where it was.</summary>
public sealed class ResumeTests
{
    private const int Nodes = 5;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly byte[] Value = "hello"u8.ToArray();

    private readonly VirtualNetwork _network = Join(seed: 1, Nodes);
    private readonly VirtualMachine _publisher;

    public ResumeTests() => _publisher = _network.MachineOf(_network.Nodes[2]);

    private KademliaNode Node => _publisher.Node!;

    [Fact]
    public void What_it_published_lives_on_under_the_same_sequence_and_what_it_let_go_does_not() => _network.Run(async () =>
    {
        RecordLease mine = await Node.PublishAsync("mine", Value);
        RecordLease ours = await Node.PublishOpenAsync("ours", Value);
        RecordLease content = await Node.PublishContentAsync(Value);
        RecordLease disposed = await Node.PublishAsync("disposed", Value);
        await disposed.DisposeAsync();
        RecordLease deleted = await Node.PublishAsync("deleted", Value);
        await deleted.DeleteAsync();
        RecordLease[] kept = [mine, ours, content];

        await _publisher.RestartAsync();
        Assert.Equal(kept.Select(l => l.Key).OrderBy(k => k.Hash), Node.OwnRecords.Select(r => r.Key).OrderBy(k => k.Hash));
        await _network.DelayAsync(3 * Day);
        foreach (RecordLease lease in kept)
        {
            Record read = Assert.Single((await _network.Nodes[0].GetAsync(lease.Key)).Records);
            Assert.Equal(lease.Record.Sequence, read.Sequence);
        }

        Assert.False((await _network.Nodes[0].GetAsync(disposed.Key)).Found);
        Assert.False((await _network.Nodes[0].GetAsync(deleted.Key)).Found);
    });

    [Fact]
    public void What_expired_while_it_was_gone_is_there_again_soon_after_it_came_back() => _network.Run(async () =>
    {
        RecordLease lease = await Node.PublishAsync("mine", Value);
        _publisher.Kill();
        await _network.DelayAsync(3 * Day);
        Assert.False((await _network.Nodes[0].GetAsync(lease.Key)).Found);
        await _publisher.RestartAsync();
        await _network.DelayAsync(Minute);
        Assert.True((await _network.Nodes[0].GetAsync(lease.Key)).Found);
    });

    [Fact]
    public void What_is_not_due_is_not_stored_again_before_its_time() => _network.Run(async () =>
    {
        RecordLease lease = await Node.PublishAsync("mine", Value);
        DateTimeOffset due = lease.Health.NextPut!.Value;
        DateTimeOffset expiry = lease.Record.Expiry;
        await _publisher.RestartAsync();
        await _network.DelayAsync(due - _publisher.Clock.GetUtcNow() - Minute);
        Assert.Equal(expiry, Assert.Single(Node.OwnRecords).Expiry);
        await _network.DelayAsync(2 * Minute);
        Assert.True(Assert.Single(Node.OwnRecords).Expiry > expiry);
    });

    [Fact]
    public void Publishing_the_same_again_takes_the_lease_up_and_another_value_takes_its_place() => _network.Run(async () =>
    {
        RecordLease before = await Node.PublishAsync("mine", Value);
        await _publisher.RestartAsync();
        RecordLease again = await Node.PublishAsync("mine", Value);
        Assert.Equal(before.Record.Sequence, again.Record.Sequence);
        Assert.True(again.Record.Expiry >= before.Record.Expiry);
        Assert.Equal((true, Nodes, again.Record), (again.Health.IsKept, again.Receipt.Stored, again.Receipt.Record));
        Assert.Equal([again.Record], Node.OwnRecords);
        Assert.True((await Node.PublishAsync("mine", Value)).Record.Sequence > again.Record.Sequence); // As ever within one run.

        await _publisher.RestartAsync();
        RecordLease other = await Node.PublishAsync("mine", new byte[1]);
        Assert.True(other.Record.Sequence > again.Record.Sequence);
        Assert.Equal([other.Record], Node.OwnRecords);
        await other.DisposeAsync();
        await _publisher.RestartAsync();
        Assert.Empty(Node.OwnRecords);
    });

    [Fact]
    public void No_sequence_is_given_twice_and_no_expiry_goes_back_though_the_clock_does() => _network.Run(async () =>
    {
        PutOptions once = new() { Republish = false };
        Func<Task<PutReceipt>>[] writes =
        [
            () => Node.PutOpenAsync("ours", Value, once),
            () => Node.DeleteOpenAsync("ours"),
            () => Node.PutAsync("mine", Value, once),
            () => Node.DeleteAsync("mine"),
        ];
        Dictionary<RecordKey, Record> last = [];
        for (int i = 0; i < 3 * writes.Length; i++)
        {
            Record record = (await writes[i % writes.Length]()).Record;
            Assert.True(record.Sequence > (last.GetValueOrDefault(record.Key)?.Sequence ?? 0), $"{record} after {last.GetValueOrDefault(record.Key)}");
            Assert.True(record.Expiry >= (last.GetValueOrDefault(record.Key)?.Expiry ?? default), $"{record.Expiry} after {last.GetValueOrDefault(record.Key)?.Expiry}");
            last[record.Key] = record;
            _publisher.ClockSkew -= TimeSpan.FromSeconds(20);
            await _publisher.RestartAsync();
        }
    });

    [Fact]
    public void A_put_that_the_crash_met_gives_its_sequence_to_no_other() => _network.Run(async () =>
    {
        KademliaNode before = Node;
        Task<PutReceipt> put = before.PutAsync("mine", new byte[] { 1 });
        RecordKey key = RecordKey.ForOwner(before.Identity.Algorithm, before.Identity.PublicKey.Span, "mine"u8);
        while (_network.Nodes[0].Core.Read(key, before.Id) is null)
        {
            await _network.DelayAsync(TimeSpan.FromMilliseconds(1));
        }

        Assert.False(put.IsCompleted);
        _publisher.ClockSkew = -Minute;
        await _publisher.RestartAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => put);
        Assert.Empty(Node.OwnRecords);
        PutReceipt next = await Node.PutAsync("mine", new byte[] { 2 });
        Assert.Equal((Nodes, null), (next.Stored, next.Newer));
    });

    [Fact]
    public void What_was_published_under_another_identity_is_left_for_that() => _network.Run(async () =>
    {
        NodeIdentity first = Node.Identity;
        RecordLease lease = await Node.PublishAsync("mine", Value);
        _publisher.Kill();
        await _publisher.StartAsync(new KademliaOptions { Identity = _network.CreateIdentity() });
        Assert.Empty(Node.OwnRecords);
        await _network.DelayAsync(2 * Day);
        _publisher.Kill();
        await _publisher.StartAsync(new KademliaOptions { Identity = first });
        Assert.Equal(lease.Key, Assert.Single(Node.OwnRecords).Key);
    });

    [Fact]
    public void What_no_holder_can_have_any_more_is_forgotten_and_what_is_published_is_not() => _network.Run(async () =>
    {
        RecordLease kept = await Node.PublishAsync("kept", Value);
        await Node.PutAsync("once", Value, new PutOptions { Republish = false });
        await Node.DeleteOpenAsync("deleted");
        Assert.Equal(3, _publisher.Disk.Open().LoadState().Own.Count);
        await _network.DelayAsync(3 * Day);
        Assert.Equal(kept.Key, Assert.Single(_publisher.Disk.Open().LoadState().Own).Key);
    });
}
