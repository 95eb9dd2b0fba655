namespace Kademlia.Streams;

/// <summary>How many connections may be under way and open: in all, from one address group, with one peer. Its callers hold one lock.</summary>
internal sealed class StreamLimits(int maxOpen, int maxPerPeer, bool limitLocal)
{
    /// <summary>Handshakes under way that others began.</summary>
    public const int MaxHandshakes = 64;

    /// <summary>Of those, from one address group.</summary>
    public const int MaxHandshakesPerGroup = 8;

    /// <summary>One address group may have one in so many of the open streams.</summary>
    public const int GroupShare = 4;

    private readonly Dictionary<AddressGroup, int> _handshakes = [];
    private readonly Dictionary<AddressGroup, int> _groups = [];
    private readonly Dictionary<NodeId, int> _peers = [];
    private int _handshaking;
    private int _open;
    private int _accepted;

    /// <summary>Begins a handshake with somebody who dialled, unless there are too many.</summary>
    public bool TryBegin(PeerEndPoint from)
    {
        bool room = _handshaking < MaxHandshakes && TryCount(_handshakes, PayerOf(from), MaxHandshakesPerGroup);
        _handshaking += room ? 1 : 0;
        return room;
    }

    /// <summary>Ends a handshake that was begun.</summary>
    public void End(PeerEndPoint from)
    {
        _handshaking--;
        Uncount(_handshakes, PayerOf(from));
    }

    /// <summary>Opens a stream with a peer, unless there are too many. Those that we dialled are charged to no group, and some room is theirs alone.</summary>
    public bool TryOpen(NodeId peer, PeerEndPoint? from)
    {
        if (_open >= maxOpen
            || (from is not null && _accepted >= Math.Max(1, maxOpen - (maxOpen / GroupShare)))
            || (from is { } dialler && !TryCount(_groups, PayerOf(dialler), Math.Max(1, maxOpen / GroupShare))))
        {
            return false;
        }

        if (!TryCount(_peers, peer, maxPerPeer))
        {
            Uncount(_groups, from);
            return false;
        }

        _open++;
        _accepted += from is null ? 0 : 1;
        return true;
    }

    /// <summary>Closes a stream that was opened.</summary>
    public void Close(NodeId peer, PeerEndPoint? from)
    {
        _open--;
        _accepted -= from is null ? 0 : 1;
        Uncount(_peers, peer);
        Uncount(_groups, from);
    }

    /// <remarks>Whoever dials does so from any port: of an address to which no group limits apply, the address alone pays.</remarks>
    private AddressGroup PayerOf(PeerEndPoint from) => AddressGroup.Payer(new PeerEndPoint(from.Address, 1), limitLocal);

    private void Uncount(Dictionary<AddressGroup, int> counts, PeerEndPoint? from)
    {
        if (from is { } dialler)
        {
            Uncount(counts, PayerOf(dialler));
        }
    }

    private static bool TryCount<T>(Dictionary<T, int> counts, T key, int max)
        where T : notnull
    {
        int count = counts.GetValueOrDefault(key);
        if (count >= max)
        {
            return false;
        }

        counts[key] = count + 1;
        return true;
    }

    private static void Uncount<T>(Dictionary<T, int> counts, T key)
        where T : notnull
    {
        int left = counts[key] - 1;
        if (left == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = left;
        }
    }
}
