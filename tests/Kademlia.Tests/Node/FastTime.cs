namespace Kademlia.Tests.Node;

/// <summary>The system's time, so many times as fast: what takes a node minutes takes a test seconds.</summary>
internal sealed class FastTime(int factor) : TimeProvider
{
    private readonly long _started = System.GetTimestamp();
    private readonly DateTimeOffset _wall = System.GetUtcNow();

    public override long GetTimestamp() => (System.GetTimestamp() - _started) * factor;

    public override DateTimeOffset GetUtcNow() => _wall + GetElapsedTime(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Shorten(dueTime), Shorten(period)), this);

    private TimeSpan Shorten(TimeSpan time) => time > TimeSpan.Zero ? time / factor : time;

    private sealed class Timer(ITimer timer, FastTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Shorten(dueTime), time.Shorten(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
