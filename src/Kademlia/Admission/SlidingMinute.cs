using System.Diagnostics;

namespace Kademlia.Admission;

/// <summary>How much was spent within the last minute: never less than the truth.</summary>
/// <remarks>
/// Four counters of 20 s each, in the 16-bit lanes of one word. Any minute, however it lies, touches at most four of
/// them, so whoever keeps their sum within a budget keeps every minute within it. What is spent at once can be spent
/// again after 60 to 80 s.
/// </remarks>
internal struct SlidingMinute
{
    /// <summary>The most that one counter holds, and so the largest budget.</summary>
    public const int MaxBudget = ushort.MaxValue;

    private const int Lanes = 4;
    private const int LaneBits = 16;
    private static readonly TimeSpan LaneTime = TimeSpan.FromSeconds(20);

    private ulong _spent;
    private uint _lane;

    /// <summary>What was spent within the minute that ends now, and up to 20 s before.</summary>
    public readonly int SpentBy(TimeSpan now)
    {
        ulong spent = ShiftedTo(LaneAt(now));
        return (int)((spent & MaxBudget) + ((spent >> 16) & MaxBudget) + ((spent >> 32) & MaxBudget) + (spent >> 48));
    }

    /// <summary>Adds to what was spent. The sum must stay within <see cref="MaxBudget"/>.</summary>
    public void Spend(int amount, TimeSpan now)
    {
        Debug.Assert(amount >= 0 && SpentBy(now) + amount <= MaxBudget, "A lane would overflow into the next.");
        uint lane = LaneAt(now);
        _spent = ShiftedTo(lane) + (uint)amount;
        _lane = lane;
    }

    private static uint LaneAt(TimeSpan now) => (uint)(now.Ticks / LaneTime.Ticks);

    private readonly ulong ShiftedTo(uint lane)
    {
        uint passed = lane - _lane;
        return passed >= Lanes ? 0 : _spent << (int)(passed * LaneBits);
    }
}
