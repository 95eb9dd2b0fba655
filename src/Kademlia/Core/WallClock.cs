namespace Kademlia.Core;

/// <summary>The wall clock as the core sees it: monotonic time, slewed to what the host reads.</summary>
/// <remarks>
/// A small difference is taken over at once. A jump is taken over only when a later reading confirms it, so that a clock that is
/// wrong for a moment neither drops records nor revives them.
/// </remarks>
internal sealed class WallClock
{
    /// <summary>Differences up to this are drift, not jumps.</summary>
    public const long MaxSlewSeconds = 5;

    /// <summary>A reading this much later than the one that jumped confirms it.</summary>
    public static readonly TimeSpan ConfirmAfter = TimeSpan.FromSeconds(30);

    private const long MaxSlewMilliseconds = MaxSlewSeconds * 1000;

    // In milliseconds, as sequences are: nodes that follow each other under one identity must agree on them.
    private long _offset;
    private long? _suspected;
    private TimeSpan _suspectedAt;
    private bool _isSet;

    /// <summary>Unix seconds at a monotonic time.</summary>
    public long SecondsAt(TimeSpan now) => MillisecondsAt(now) / 1000;

    /// <summary>Unix milliseconds at a monotonic time.</summary>
    public long MillisecondsAt(TimeSpan now) => _offset + (long)now.TotalMilliseconds;

    /// <summary>Takes in a reading of the wall clock.</summary>
    public void Observe(TimeSpan now, DateTimeOffset wall)
    {
        long offset = wall.ToUnixTimeMilliseconds() - (long)now.TotalMilliseconds;
        if (!_isSet || IsNear(offset, _offset) || IsConfirmed(offset, now))
        {
            _offset = offset;
            _isSet = true;
            _suspected = null;
        }
        else if (_suspected is not long suspected || !IsNear(offset, suspected))
        {
            _suspected = offset;
            _suspectedAt = now;
        }
    }

    private static bool IsNear(long left, long right) => Math.Abs(left - right) <= MaxSlewMilliseconds;

    private bool IsConfirmed(long offset, TimeSpan now) =>
        _suspected is long suspected && IsNear(offset, suspected) && now - _suspectedAt >= ConfirmAfter;
}
