using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

/// <summary>What every transport of streams does. A subclass says how one is made, and how time passes while it works.</summary>
public abstract class StreamTransportContract : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    [Fact]
    public void Bytes_arrive_whole_and_in_order_both_ways() => Run(async () =>
    {
        (Stream alice, Stream bob) = await ConnectAsync();
        byte[] sent = new byte[1_000_000];
        new Random(1).NextBytes(sent);
        foreach ((Stream from, Stream to) in new[] { (alice, bob), (bob, alice) })
        {
            Task writing = from.WriteAsync(sent, Token).AsTask();
            byte[] received = new byte[sent.Length];
            await to.ReadExactlyAsync(received, Token);
            await writing;
            Assert.True(sent.AsSpan().SequenceEqual(received));
        }
    });

    [Fact]
    public void A_closed_connection_ends_the_other_sides_reading() => Run(async () =>
    {
        (Stream alice, Stream bob) = await ConnectAsync();
        await alice.WriteAsync("last words"u8.ToArray(), Token);
        await alice.DisposeAsync();
        await bob.ReadExactlyAsync(new byte["last words".Length], Token);
        Assert.Equal(0, await bob.ReadAsync(new byte[1], Token));
    });

    [Fact]
    public void Writing_waits_for_reading() => Run(async () =>
    {
        (Stream alice, Stream bob) = await ConnectAsync();
        using CancellationTokenSource enough = new(Timeout.InfiniteTimeSpan, Time);
        long written = 0;
        Task writing = WriteForeverAsync();
        await SettleAsync(() => Volatile.Read(ref written));
        long before = Volatile.Read(ref written);
        await bob.ReadExactlyAsync(new byte[before], Token);
        await SettleAsync(() => Volatile.Read(ref written));
        Assert.InRange(Volatile.Read(ref written), before + 1, long.MaxValue);
        enough.CancelAfter(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);

        async Task WriteForeverAsync()
        {
            while (true)
            {
                await alice.WriteAsync(new byte[64 * 1024], enough.Token);
                Interlocked.Add(ref written, 64 * 1024);
            }
        }
    });

    [Fact]
    public void Writing_to_who_has_closed_fails_in_the_end() => Run(async () =>
    {
        (Stream alice, Stream bob) = await ConnectAsync();
        await bob.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await alice.WriteAsync(new byte[64 * 1024], Token);
            }
        });
    });

    [Fact]
    public void Reading_and_connecting_can_be_given_up() => Run(async () =>
    {
        (Stream alice, _) = await ConnectAsync();
        using CancellationTokenSource enough = new(Timeout.InfiniteTimeSpan, Time);
        Task<int> reading = alice.ReadAsync(new byte[1], enough.Token).AsTask();
        enough.CancelAfter(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        IStreamTransport other = Own(Open());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await other.ConnectAsync(other.LocalEndPoints[0], enough.Token));
    });

    [Fact]
    public void Where_nobody_listens_any_more_no_connection_is_made() => Run(async () =>
    {
        IStreamTransport gone = Own(Open());
        gone.Start((connection, _) => connection.Dispose());
        PeerEndPoint nobody = gone.LocalEndPoints[0];
        gone.Dispose();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10), Time);
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(async () => await Own(Open()).ConnectAsync(nobody, patience.Token));
        Assert.True(failure is IOException or OperationCanceledException, failure.ToString());
    });

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        GC.SuppressFinalize(this);
    }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The time that passes for the transports.</summary>
    protected abstract TimeProvider Time { get; }

    /// <summary>A transport at a place of its own, not started.</summary>
    protected abstract IStreamTransport Open();

    /// <summary>Runs a test while time passes.</summary>
    protected abstract void Run(Func<Task> test);

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private async Task<(Stream Alice, Stream Bob)> ConnectAsync()
    {
        IStreamTransport listener = Own(Open());
        IStreamTransport dialler = Own(Open());
        TaskCompletionSource<Stream> accepted = new();
        listener.Start((connection, _) => accepted.SetResult(connection));
        dialler.Start((connection, _) => connection.Dispose());
        Stream alice = await dialler.ConnectAsync(listener.LocalEndPoints[0], Token);
        return (Own(alice), Own(await accepted.Task));
    }

    /// <summary>Waits until a figure stays as it is for a second.</summary>
    private async Task SettleAsync(Func<long> figure)
    {
        long before;
        do
        {
            before = figure();
            await Task.Delay(TimeSpan.FromSeconds(1), Time, Token);
        }
        while (figure() != before);
    }
}
