using System.Numerics;

namespace Kademlia.Loopback;

/// <summary>Counts durations in buckets a sixteenth of their value wide, so that a percentile is within 6 %. Allocates once.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 4;
    private const int Steps = 1 << StepBits;

    private readonly long[] _buckets = new long[(64 - StepBits) * Steps];

    /// <summary>How many durations were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts one duration.</summary>
    public void Add(TimeSpan duration)
    {
        _buckets[IndexOf((ulong)duration.Ticks)]++;
        Count++;
    }

    /// <summary>The duration that a share of all does not exceed.</summary>
    public TimeSpan Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * Count);
        for (int i = 0; i < _buckets.Length; i++)
        {
            rank -= _buckets[i];
            if (rank <= 0 && _buckets[i] > 0)
            {
                return TimeSpan.FromTicks((long)MiddleOf(i));
            }
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(ulong ticks)
    {
        int shift = Math.Max(0, BitOperations.Log2(ticks | 1) - StepBits);
        return (shift * Steps) + (int)(ticks >> shift);
    }

    private static ulong MiddleOf(int index)
    {
        int shift = Math.Max(0, (index / Steps) - 1);
        ulong lower = (ulong)(index - (shift * Steps)) << shift;
        return lower + ((1UL << shift) / 2);
    }
}
