namespace Kademlia.Content;

/// <summary>The tree of hashes over content of some length: how many levels it has, how many elements each, and how long each element is (PROTOCOL.md, 9.6).</summary>
/// <remarks>Level 0 are the blocks of the content; an element of a level above is the hashes of up to <see cref="Fanout"/> elements of the level below.</remarks>
internal readonly record struct BlockShape(long Length)
{
    /// <summary>The length of every block but the last, and of every full element above.</summary>
    public const int BlockLength = 256 * 1024;

    public const int HashLength = 32;

    /// <summary>How many hashes an element holds.</summary>
    public const int Fanout = BlockLength / HashLength;

    /// <summary>Content is shorter than this.</summary>
    public const long MaxLength = 1L << 48;

    /// <summary>The number of levels: 1 to 4.</summary>
    public int Levels
    {
        get
        {
            int levels = 1;
            for (long count = CountAt(0); count > 1; count = Ceiling(count, Fanout))
            {
                levels++;
            }

            return levels;
        }
    }

    /// <summary>How many elements a level has: at least one.</summary>
    public long CountAt(int level)
    {
        long count = Math.Max(1, Ceiling(Length, BlockLength));
        for (int i = 0; i < level; i++)
        {
            count = Ceiling(count, Fanout);
        }

        return count;
    }

    /// <summary>The length of an element in bytes.</summary>
    public int LengthOf(int level, long element)
    {
        long whole = level == 0 ? Length : HashLength * CountAt(level - 1);
        return (int)Math.Min(BlockLength, whole - (element * BlockLength));
    }

    private static long Ceiling(long dividend, long divisor) => (dividend + divisor - 1) / divisor;
}
