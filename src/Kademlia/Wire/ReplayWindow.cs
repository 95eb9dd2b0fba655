namespace Kademlia.Wire;

/// <summary>Which of a sender's counters have been seen: exactly for the last 8,192, and everything before is taken as seen.</summary>
internal sealed class ReplayWindow
{
    /// <summary>How far behind the highest counter a datagram may arrive, which all that a sender sends to anybody raises. Takes 1 KiB.</summary>
    public const int Length = 8192;

    private const int WordBits = 64;

    private readonly ulong[] _seen = new ulong[Length / WordBits];
    private long _highest = -1;

    public bool IsFresh(long counter) =>
        counter > _highest || (counter > _highest - Length && (Word(counter) & Bit(counter)) == 0);

    /// <summary>Remembers a counter that is fresh.</summary>
    public void Mark(long counter)
    {
        if (counter >= _highest + Length)
        {
            Array.Clear(_seen);
        }
        else
        {
            for (long skipped = _highest + 1; skipped < counter; skipped++)
            {
                Word(skipped) &= ~Bit(skipped);
            }
        }

        Word(counter) |= Bit(counter);
        _highest = long.Max(_highest, counter);
    }

    private static ulong Bit(long counter) => 1UL << (int)(counter % WordBits);

    private ref ulong Word(long counter) => ref _seen[counter % Length / WordBits];
}
