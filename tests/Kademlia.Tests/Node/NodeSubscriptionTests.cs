namespace Kademlia.Tests.Node;

/// <summary>What users see of changes, between real nodes.</summary>
public sealed class NodeSubscriptionTests
{
    [Fact(Timeout = Loopback.Patience)]
    public async Task The_current_record_comes_first_and_then_each_change()
    {
        await using Loopback network = await Loopback.StartAsync(5);
        RecordKey key = (await PutAsync(network[0], 1)).Key;
        await using IAsyncEnumerator<RecordChange> changes = network[4].SubscribeAsync(key, Loopback.Token).GetAsyncEnumerator(Loopback.Token);
        await AssertNextAsync(changes, RecordChangeKind.Current, 1);
        await PutAsync(network[0], 2);
        await AssertNextAsync(changes, RecordChangeKind.Updated, 2);
        await network[0].DeleteAsync("watched", Loopback.Token);
        await AssertNextAsync(changes, RecordChangeKind.Deleted, value: null);
        await PutAsync(network[0], 3);
        await AssertNextAsync(changes, RecordChangeKind.Added, 3);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_alone_sees_what_it_writes_itself()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        await using IAsyncEnumerator<RecordChange> changes =
            network[0].SubscribeAsync(RecordKey.ForName("room"), Loopback.Token).GetAsyncEnumerator(Loopback.Token);
        ValueTask<bool> next = changes.MoveNextAsync();
        await network[0].PutOpenAsync("room", new byte[] { 7 }, cancellationToken: Loopback.Token);
        Assert.True(await next);
        Assert.Equal(7, changes.Current.Record.Value.Span[0]);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_subscription_ends_when_it_is_cancelled_and_when_the_node_stops()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        RecordKey key = RecordKey.ForName("room");
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Loopback.Token);
        Task cancelled = ReadAsync(network[1].SubscribeAsync(key, source.Token));
        Task stopped = ReadAsync(network[1].SubscribeAsync(key, Loopback.Token));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(stopped.IsCompleted);
        await network[1].DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stopped);
        Assert.Throws<ArgumentException>(() => network[0].SubscribeAsync(default, Loopback.Token));
    }

    private static async Task ReadAsync(IAsyncEnumerable<RecordChange> changes)
    {
        await foreach (RecordChange change in changes)
        {
            Assert.Fail($"Nobody wrote {change}.");
        }
    }

    private static Task<PutReceipt> PutAsync(KademliaNode node, byte value) =>
        node.PutAsync("watched", new[] { value }, cancellationToken: Loopback.Token);

    private static async Task AssertNextAsync(IAsyncEnumerator<RecordChange> changes, RecordChangeKind kind, byte? value)
    {
        Assert.True(await changes.MoveNextAsync());
        byte? got = changes.Current.Record.IsTombstone ? null : changes.Current.Record.Value.Span[0];
        Assert.Equal((kind, value), (changes.Current.Kind, got));
    }
}
