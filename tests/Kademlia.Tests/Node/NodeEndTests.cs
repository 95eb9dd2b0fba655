using System.Net;
using System.Net.Sockets;

namespace Kademlia.Tests.Node;

/// <summary>How a node, and what it does, ends: nothing hangs, and the end has a name.</summary>
public sealed class NodeEndTests
{
    private static readonly RecordKey Nothing = RecordKey.ForName("nothing");

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_may_be_disposed_twice_and_at_once()
    {
        KademliaNode node = await KademliaNode.StartAsync(Loopback.Joining(), Loopback.Token);
        await Task.WhenAll(node.DisposeAsync().AsTask(), node.DisposeAsync().AsTask());
        await node.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => node.FindClosestAsync(node.Id, Loopback.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Calls_of_a_disposed_node_say_so()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        KademliaNode node = network[1];
        await network.RemoveAsync(node);
        foreach (Func<Task> call in EveryCall(node, Loopback.ContactOf(network[0]), Loopback.Token))
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(call);
        }

        Assert.Equal(NodeRole.Server, node.Info.Role);
        Assert.Empty(node.OwnRecords);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Calls_that_a_disposal_meets_end()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        using Socket silent = Silent(out Contact nobody);
        Task[] calls = [.. Enumerable.Range(0, 20).SelectMany(_ => EveryCall(network[2], nobody, Loopback.Token)).Select(call => call())];
        await network.RemoveAsync(network[2]);
        foreach (Task call in calls)
        {
            Exception? end = await Xunit.Record.ExceptionAsync(() => call);
            Assert.True(end is null or ObjectDisposedException, $"{end}");
        }
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_call_is_cancelled_before_it_begins()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        foreach (Func<Task> call in EveryCall(network[0], Loopback.ContactOf(network[1]), source.Token))
        {
            OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
            Assert.Equal(source.Token, cancelled.CancellationToken);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => KademliaNode.StartAsync(Loopback.Joining(), source.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_call_is_cancelled_while_it_waits()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        using Socket silent = Silent(out Contact nobody);
        using CancellationTokenSource source = new();
        Task[] calls =
        [
            network[0].PingAsync(nobody.EndPoint, source.Token),
            network[0].TalkAsync(nobody, "echo", default, source.Token),
        ];
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        await source.CancelAsync();
        foreach (Task call in calls)
        {
            OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            Assert.Equal(source.Token, cancelled.CancellationToken);
        }
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_cancelled_call_cancels_no_other()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        using CancellationTokenSource source = new();
        Task<GetResult> cancelled = network[0].GetAsync(Nothing, cancellationToken: source.Token);
        Task<GetResult> other = network[0].GetAsync(Nothing, cancellationToken: Loopback.Token);
        await source.CancelAsync();
        Assert.True((await other).IsComplete);
        Assert.True(await Xunit.Record.ExceptionAsync(() => cancelled) is null or OperationCanceledException);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Joined_is_cancelled_when_the_node_stops_before()
    {
        KademliaNode node = await KademliaNode.StartAsync(Loopback.Joining(), Loopback.Token);
        await node.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Joined.WaitAsync(Loopback.Token));
        Assert.True(node.Joined.IsCanceled);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_that_leaves_goes_on_serving_until_it_is_disposed()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        await network[1].LeaveAsync(Loopback.Token);
        Assert.NotNull(await network[0].PingAsync(network[1].LocalEndPoints[0], Loopback.Token));
        Assert.True((await network[1].PutAsync("late", new byte[] { 1 }, cancellationToken: Loopback.Token)).Stored > 0);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_disposed_node_leaves_its_port_free_and_its_given_identity_usable()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        KademliaOptions options = new() { ListenAddresses = [IPAddress.Loopback], Identity = identity };
        KademliaNode node = await KademliaNode.StartAsync(options, Loopback.Token);
        await node.DisposeAsync();
        await using KademliaNode again = await KademliaNode.StartAsync(
            new KademliaOptions { ListenAddresses = [IPAddress.Loopback], Identity = identity, Port = node.Port }, Loopback.Token);
        Assert.Equal(1, (await again.PutAsync("signed", new byte[] { 1 }, cancellationToken: Loopback.Token)).Stored);
    }

    private static IEnumerable<Func<Task>> EveryCall(KademliaNode node, Contact other, CancellationToken token) =>
    [
        () => node.PutAsync("name", new byte[] { 1 }, cancellationToken: token),
        () => node.PutContentAsync(new byte[] { 1 }, cancellationToken: token),
        () => node.PutOpenAsync("name", new byte[] { 1 }, cancellationToken: token),
        () => node.DeleteAsync("name", token),
        () => node.DeleteOpenAsync("name", token),
        () => node.GetAsync(Nothing, cancellationToken: token),
        async () => await node.GetAllAsync(Nothing, token).GetAsyncEnumerator(token).MoveNextAsync(),
        async () => await node.SubscribeAsync(Nothing, token).GetAsyncEnumerator(token).MoveNextAsync(),
        () => node.FindClosestAsync(node.Id, token),
        () => node.FindNodeAsync(node.Id, token),
        () => node.PingAsync(other.EndPoint, token),
        () => node.TalkAsync(other, "echo", default, token),
        () => node.TalkAsync(other.EndPoint, "echo", default, token),
        () => node.LeaveAsync(token),
    ];

    /// <summary>A socket that hears and does not answer.</summary>
    private static Socket Silent(out Contact contact)
    {
        Socket silent = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        contact = new Contact(NodeId.Random(new Random(1)), (IPEndPoint)silent.LocalEndPoint!);
        return silent;
    }
}
