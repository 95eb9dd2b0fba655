using System.Net;

namespace Kademlia.Tests.Node;

/// <summary>What users do with leases, between real nodes.</summary>
public sealed class NodeLeaseTests
{
    private static readonly byte[] Value = "hello"u8.ToArray();

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_lease_keeps_its_record_published_until_it_is_disposed_and_deletes_nothing()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        foreach (Func<Task<RecordLease>> publish in new Func<Task<RecordLease>>[]
        {
            () => network[0].PublishAsync("mine", Value, cancellationToken: Loopback.Token),
            () => network[0].PublishOpenAsync("ours", Value, cancellationToken: Loopback.Token),
            () => network[0].PublishContentAsync(Value, cancellationToken: Loopback.Token),
        })
        {
            RecordLease lease = await publish();
            Assert.Equal([lease.Record], network[0].OwnRecords);
            LeaseHealth health = lease.Health;
            Assert.Equal((true, 3, 3), (health.IsKept, health.Stored, health.Wanted));
            Assert.Equal((3, lease.Key), (lease.Receipt.Stored, lease.Receipt.Key));
            Assert.InRange(health.NextPut!.Value, health.LastPut, lease.Record.Expiry);
            Assert.EndsWith("stored on 3 of 3 nodes, kept", lease.ToString(), StringComparison.Ordinal);

            await lease.DisposeAsync();
            Assert.Empty(network[0].OwnRecords);
            Assert.Equal((false, null, null), (lease.Health.IsKept, lease.Health.NextPut, lease.Health.Newer));
            Assert.True((await network[2].GetAsync(lease.Key, cancellationToken: Loopback.Token)).Found);
        }
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task An_update_takes_the_place_of_what_was_published()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        PutOptions options = new() { Lifetime = TimeSpan.FromHours(2) };
        await using (RecordLease lease = await network[0].PublishAsync("mine", Value, options, Loopback.Token))
        {
            PutReceipt receipt = await lease.UpdateAsync("again"u8.ToArray(), Loopback.Token);
            Assert.Equal((3, lease.Record), (receipt.Stored, receipt.Record));
            Assert.True(lease.Record.Sequence > lease.Receipt.Record.Sequence);
            Assert.InRange(lease.Record.Expiry - lease.Receipt.Record.Expiry, TimeSpan.Zero, TimeSpan.FromMinutes(2));
            Assert.True(lease.Health.IsKept);
            Assert.Equal("again"u8.ToArray(), (await network[2].GetAsync(lease.Key, cancellationToken: Loopback.Token)).Value.ToArray());
        }

        Assert.Empty(network[0].OwnRecords);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_lease_deletes_its_record_but_of_content_it_only_lets_go()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        await using RecordLease mine = await network[0].PublishAsync("mine", Value, cancellationToken: Loopback.Token);
        await using RecordLease ours = await network[0].PublishOpenAsync("ours", Value, cancellationToken: Loopback.Token);
        await using RecordLease content = await network[0].PublishContentAsync(Value, cancellationToken: Loopback.Token);
        foreach (RecordLease lease in new[] { mine, ours })
        {
            Assert.Equal(3, (await lease.DeleteAsync(Loopback.Token))?.Stored);
            Assert.Equal((false, true), (lease.Health.IsKept, lease.Health.Newer?.IsTombstone));
            Assert.False((await network[1].GetAsync(lease.Key, cancellationToken: Loopback.Token)).Found);
        }

        Assert.Null(await content.DeleteAsync(Loopback.Token));
        Assert.False(content.Health.IsKept);
        Assert.True((await network[1].GetAsync(content.Key, cancellationToken: Loopback.Token)).Found);
        Assert.Empty(network[0].OwnRecords);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_the_node_writes_later_under_the_key_ends_the_lease_and_outlives_its_disposal()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        RecordLease lease = await network[0].PublishAsync("mine", Value, cancellationToken: Loopback.Token);
        Record later = (await network[0].PutAsync("mine", Value, cancellationToken: Loopback.Token)).Record;
        Assert.Equal((false, later), (lease.Health.IsKept, lease.Health.Newer));
        await lease.DisposeAsync();
        Assert.Equal([later], network[0].OwnRecords);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Of_updates_at_once_one_is_kept_and_none_outlives_the_lease()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        RecordLease lease = await network[0].PublishAsync("mine", Value, cancellationToken: Loopback.Token);
        await Loopback.ForAllAsync(Enumerable.Range(0, 20), i => lease.UpdateAsync(new[] { (byte)i }, Loopback.Token));
        Assert.True(lease.Health.IsKept);
        Assert.Equal([lease.Record], network[0].OwnRecords);
        Task<PutReceipt> update = lease.UpdateAsync(Value, Loopback.Token);
        await lease.DisposeAsync();
        await update;
        Assert.Empty(network[0].OwnRecords);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_lease_ends_with_its_node()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        KademliaNode node = network[1];
        RecordLease lease = await node.PublishAsync("mine", Value, cancellationToken: Loopback.Token);
        await network.RemoveAsync(node);
        Assert.Equal((false, null), (lease.Health.IsKept, lease.Health.NextPut));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lease.UpdateAsync(Value, Loopback.Token));
        await lease.DisposeAsync();
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_is_saved_has_a_record_at_every_moment_until_the_lease_is_disposed()
    {
        using StateLog store = new();
        await using KademliaNode node = await KademliaNode.StartAsync(
            new KademliaOptions { ListenAddresses = [IPAddress.Loopback], RecordStore = store }, Loopback.Token);
        RecordLease lease = await node.PublishAsync("mine", Value, cancellationToken: Loopback.Token);
        long first = lease.Record.Sequence;
        await lease.UpdateAsync("again"u8.ToArray(), Loopback.Token);
        await lease.DisposeAsync();
        Assert.Equal(
            [(first, null), (first, first), (lease.Record.Sequence, first), (lease.Record.Sequence, lease.Record.Sequence), (lease.Record.Sequence, null)],
            store.Saved.Select(own => (own.Sequence, own.Kept?.Sequence)));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Wrong_uses_of_a_lease_are_told()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        byte[] tooLong = new byte[Record.MaxValueLength + 1];
        await Assert.ThrowsAsync<ArgumentException>(() => network[0].PublishAsync("x", tooLong, cancellationToken: Loopback.Token));
        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(() =>
            network[0].PublishAsync("x", Value, new PutOptions { Republish = false }, Loopback.Token));
        Assert.Contains("Republish", refusal.Message, StringComparison.Ordinal);

        RecordLease content = await network[0].PublishContentAsync(Value, cancellationToken: Loopback.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => content.UpdateAsync(Value, Loopback.Token));
        RecordLease mine = await network[0].PublishAsync("x", Value, cancellationToken: Loopback.Token);
        await Assert.ThrowsAsync<ArgumentException>(() => mine.UpdateAsync(tooLong, Loopback.Token));
        await mine.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mine.UpdateAsync(Value, Loopback.Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mine.DeleteAsync(Loopback.Token));
    }
}
