using System.Buffers.Binary;
using Kademlia.Admission;

namespace Kademlia.Core;

/// <summary>Which endpoints proven nodes named, so that hearsay of one network can be told from that of two.</summary>
/// <remarks>
/// Each reply of a walk names k endpoints, so this is small: one word for an endpoint, in a set that a secret hash gives it. Of a set the oldest gives way.
/// A word says which endpoint of the set it is, what network named it first, and whether another did since.
/// </remarks>
internal sealed class Referrals(Random random)
{
    /// <summary>So many endpoints are remembered at most: a forgotten one is hearsay of one again.</summary>
    public const int MaxEndPoints = Sets * Ways;

    private const int Sets = 256;
    private const int Ways = 8;

    private const ulong EndPointBits = 0xFFFF_FFFF_0000_0000;
    private const ulong NamerBits = 0x0000_0000_FFFF_FFFE;
    private const ulong CorroboratedBit = 1;

    private readonly ulong _key0 = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
    private readonly ulong _key1 = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
    private ulong[] _words = [];

    /// <summary>Whether proven nodes of two address groups named an endpoint.</summary>
    public bool IsCorroborated(PeerEndPoint named)
    {
        Span<ulong> set = SetOf(named, out ulong mark);
        int place = Find(set, mark);
        return place >= 0 && (set[place] & CorroboratedBit) != 0;
    }

    /// <summary>A proven node at one endpoint named another.</summary>
    public void OnNamed(PeerEndPoint named, PeerEndPoint namer)
    {
        ulong by = ((ulong)AddressGroup.Of(namer).GetHashCode() << 1) & NamerBits;
        Span<ulong> set = SetOf(named, out ulong mark);
        int place = Find(set, mark);
        if (place < 0)
        {
            set[..^1].CopyTo(set[1..]);
            set[0] = mark | by;
        }
        else if ((set[place] & NamerBits) != by)
        {
            set[place] |= CorroboratedBit;
        }
    }

    private static int Find(ReadOnlySpan<ulong> set, ulong mark)
    {
        int place = set.Length - 1;
        while (place >= 0 && (set[place] & EndPointBits) != mark)
        {
            place--;
        }

        return place;
    }

    private Span<ulong> SetOf(PeerEndPoint endPoint, out ulong mark)
    {
        if (_words.Length == 0)
        {
            _words = new ulong[MaxEndPoints];
        }

        Span<byte> bytes = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, endPoint.High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], endPoint.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (ulong)endPoint.Port);
        ulong hash = SipHash.Hash(_key0, _key1, bytes);
        mark = hash & EndPointBits;
        return _words.AsSpan((int)(hash % Sets) * Ways, Ways);
    }
}
