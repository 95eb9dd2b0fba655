using Kademlia.Admission;

namespace Kademlia.Core;

/// <summary>What we learnt of the node at one endpoint.</summary>
internal sealed class PeerState(PeerEndPoint endPoint)
{
    private RoundTripEstimator _roundTrip;

    public PeerEndPoint EndPoint { get; } = endPoint;

    /// <summary>The id in the newest matched reply; the default value before the first.</summary>
    public NodeId Id { get; private set; }

    /// <summary>The newest token that it gave us.</summary>
    public AddressToken Token { get; private set; }

    /// <summary>Whether <see cref="Id"/> was proven here.</summary>
    public bool IsProven { get; private set; }

    /// <summary>Whether it ever answered us: then it may be sent to freely.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>When it was last sent a request; before all time when never.</summary>
    public TimeSpan SentAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Whether a round trip to it was measured.</summary>
    public bool HasMeasured => _roundTrip.HasMeasured;

    /// <summary>The smoothed round trip; zero when nothing was measured.</summary>
    public TimeSpan RoundTrip => _roundTrip.RoundTrip;

    /// <summary>How long to wait for its next reply.</summary>
    public TimeSpan TimeoutOr(TimeSpan firstTimeout) => _roundTrip.TimeoutOr(firstTimeout);

    /// <summary>A matched reply: the token is the newest, and another id than before is unproven.</summary>
    public void OnReply(NodeId id, AddressToken token)
    {
        IsProven &= id == Id;
        Id = id;
        HasAnswered = true;
        Token = token;
    }

    /// <summary>The round trip of a request that was sent once (Karn's rule).</summary>
    public void OnRoundTrip(TimeSpan roundTrip) => _roundTrip = _roundTrip.With(roundTrip);

    public void OnProven(NodeId id) => IsProven = id == Id;
}

/// <summary>Tokens, round trips and proofs by endpoint: bounded, the least recently used forgotten first.</summary>
internal sealed class PeerBook
{
    /// <summary>A forgotten peer costs one repeated request, so the bound is about memory alone: some 200 bytes each.</summary>
    public const int MaxPeers = 4096;

    private readonly Dictionary<PeerEndPoint, LinkedListNode<PeerState>> _peers = [];
    private readonly LinkedList<PeerState> _byUse = new();

    public int Count => _peers.Count;

    /// <summary>What is known of an endpoint, or null; does not count as use.</summary>
    public PeerState? Find(PeerEndPoint endPoint) =>
        _peers.TryGetValue(endPoint, out LinkedListNode<PeerState>? node) ? node.Value : null;

    /// <summary>Whether we sent a request to an address since then, at whatever port; does not count as use. Looks at all.</summary>
    public bool HasSentTo(PeerEndPoint address, TimeSpan since) =>
        _byUse.Any(p => p.SentAt >= since && p.EndPoint.SharesAddressWith(address));

    /// <summary>What is known of an endpoint, from now on if need be.</summary>
    public PeerState Get(PeerEndPoint endPoint)
    {
        if (_peers.TryGetValue(endPoint, out LinkedListNode<PeerState>? node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value;
        }

        if (_peers.Count == MaxPeers)
        {
            _peers.Remove(_byUse.First!.Value.EndPoint);
            _byUse.RemoveFirst();
        }

        PeerState peer = new(endPoint);
        _peers.Add(endPoint, _byUse.AddLast(peer));
        return peer;
    }
}
