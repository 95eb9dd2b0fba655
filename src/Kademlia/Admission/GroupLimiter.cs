namespace Kademlia.Admission;

/// <summary>Gives every address group a rate of its own, in fixed memory.</summary>
/// <remarks>
/// <para>
/// A group has one bucket in each of <see cref="Rows"/> rows, chosen by a secret hash. It is let through when any of them
/// has room, and takes from all that have. A group that floods empties its own four buckets; another group is held
/// back only when all four of its buckets are emptied by others (a hundred flooding groups do that to about one group
/// in a hundred). This is a stochastic fair filter, as in Feng, Kandlur, Saha and Shin, "Stochastic Fair Blue" (2001).
/// </para>
/// <para>
/// Left to itself a group never gets more than its rate. Where others empty some of its buckets in between, the four
/// run out of step and it may get more, but never more than <see cref="Rows"/> times its rate. Nothing is ever
/// evicted, so nobody is forgotten or banned: buckets only fill.
/// </para>
/// </remarks>
internal sealed class GroupLimiter(GroupHash hash, Rate rate)
{
    /// <summary>How many buckets a group has.</summary>
    public const int Rows = 4;

    /// <summary>How many buckets a row has. All of them take 8 KiB, from the first request on.</summary>
    public const int BucketsPerRow = 256;

    private const int BitsPerRow = 16;

    private RateBucket[] _buckets = [];

    /// <summary>Whether the group of an endpoint has one left. Takes nothing.</summary>
    public bool HasRoom(PeerEndPoint from, TimeSpan now)
    {
        ulong bits = hash.Of(from);
        bool room = _buckets.Length == 0;
        for (int row = 0; row < Rows && !room; row++)
        {
            room = _buckets[IndexOf(row, bits)].HasRoom(rate, now);
        }

        return room;
    }

    /// <summary>Takes one for the group of an endpoint, when it has one left.</summary>
    public bool TryTake(PeerEndPoint from, TimeSpan now)
    {
        if (_buckets.Length == 0)
        {
            _buckets = new RateBucket[Rows * BucketsPerRow];
        }

        ulong bits = hash.Of(from);
        bool taken = false;
        for (int row = 0; row < Rows; row++)
        {
            taken |= _buckets[IndexOf(row, bits)].TryTake(rate, now);
        }

        return taken;
    }

    private static int IndexOf(int row, ulong bits) =>
        (row * BucketsPerRow) + (int)((bits >> (row * BitsPerRow)) % BucketsPerRow);
}
