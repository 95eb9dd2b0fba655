using System.Threading.Channels;

namespace Kademlia.Simulation.Tests;

/// <summary>An application's own code on virtual time.</summary>
public sealed class VirtualTimeTests
{
    private readonly VirtualNetwork _network = new(seed: 1);

    [Fact]
    public void Time_passes_only_while_the_network_runs()
    {
        Assert.Equal(TimeSpan.Zero, _network.Now);
        _network.Run(TimeSpan.FromDays(7));
        Assert.Equal(TimeSpan.FromDays(7), _network.Now);
        Assert.Equal(new DateTimeOffset(2026, 1, 8, 0, 0, 0, TimeSpan.Zero), _network.TimeProvider.GetUtcNow());
    }

    [Fact]
    public void Delays_end_in_the_order_of_their_times()
    {
        List<int> ended = [];
        _network.Run(() => Task.WhenAll(WaitAsync(3), WaitAsync(1), WaitAsync(2)));
        Assert.Equal([1, 2, 3], ended);
        Assert.Equal(TimeSpan.FromHours(3), _network.Now);

        async Task WaitAsync(int hours)
        {
            await _network.DelayAsync(TimeSpan.FromHours(hours));
            ended.Add(hours);
        }
    }

    [Fact]
    public void Yields_channels_and_semaphores_stay_on_the_network()
    {
        int thread = Environment.CurrentManagedThreadId;
        Channel<int> channel = Channel.CreateUnbounded<int>();
        using SemaphoreSlim semaphore = new(0);
        _network.Run(() => Task.WhenAll(ReadAsync(), WriteAsync()));

        async Task ReadAsync()
        {
            Assert.Equal(7, await channel.Reader.ReadAsync());
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            await semaphore.WaitAsync();
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        async Task WriteAsync()
        {
            await _network.DelayAsync(TimeSpan.FromSeconds(1));
            channel.Writer.TryWrite(7);
            await Task.Yield();
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            semaphore.Release();
        }
    }

    [Fact]
    public void After_ConfigureAwait_false_nodes_still_go_on_inside_the_network()
    {
        int thread = Environment.CurrentManagedThreadId;
        _network.Run(async () =>
        {
            KademliaNode node = await _network.StartNodeAsync().ConfigureAwait(false);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            await node.PutAsync("a", new byte[1]).ConfigureAwait(false);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            await _network.DelayAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        });
    }

    [Fact]
    public void Whoever_comes_back_from_another_thread_is_refused()
    {
        InvalidOperationException told = Assert.Throws<InvalidOperationException>(() => _network.Run(async () =>
        {
            KademliaNode node = await _network.StartNodeAsync();
            Task elsewhere = Task.Run(() => node.PutAsync("a", new byte[1]));
            while (!elsewhere.IsCompleted)
            {
                await _network.DelayAsync(TimeSpan.FromSeconds(1));
            }

            await elsewhere;
        }));
        Assert.Contains("Task.Run", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_waits_for_nothing_in_the_network_is_stuck_at_once()
    {
        VirtualDeadlockException told = Assert.Throws<VirtualDeadlockException>(() => _network.Run(async () =>
        {
            await _network.StartNodesAsync(3);
            await new TaskCompletionSource().Task;
        }));
        Assert.Contains("no operation of a node", told.Message, StringComparison.Ordinal);
        Assert.True(_network.Now < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Work_that_waits_for_an_operation_that_cannot_end_is_told_which()
    {
        VirtualDeadlockException told = Assert.Throws<VirtualDeadlockException>(() => _network.Run(async () =>
        {
            KademliaNode alone = await _network.StartNodeAsync();
            await alone.Joined;
        }));
        Assert.Contains("Joined", Assert.Single(told.Waiting), StringComparison.Ordinal);
    }

    [Fact]
    public void The_works_exception_comes_out_as_it_is() =>
        Assert.Throws<FormatException>(() => _network.Run(async () =>
        {
            await _network.DelayAsync(TimeSpan.FromSeconds(1));
            throw new FormatException();
        }));

    [Fact]
    public void A_handler_may_await_virtual_time()
    {
        int thread = Environment.CurrentManagedThreadId;
        ReadOnlyMemory<byte> answer = _network.Run(async () =>
        {
            IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(2);
            nodes[0].HandleTalk("double", async (message, token) =>
            {
                await _network.DelayAsync(TimeSpan.FromSeconds(2), token);
                await Task.Yield();
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                return new byte[] { (byte)(2 * message.Payload.Span[0]) };
            });
            return await nodes[1].TalkAsync(new Contact(nodes[0].Id, nodes[0].LocalEndPoints[0]), "double", new byte[] { 21 });
        });
        Assert.Equal(42, answer.Span[0]);
    }

    [Fact]
    public void Running_inside_a_run_is_refused() => Assert.Throws<InvalidOperationException>(() => _network.Run(() =>
    {
        _network.Run(TimeSpan.FromSeconds(1));
        return Task.CompletedTask;
    }));
}
