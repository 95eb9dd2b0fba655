namespace Kademlia.Core;

/// <summary>Why a datagram was dropped.</summary>
internal enum DropReason
{
    /// <summary>Not a message of this protocol.</summary>
    Malformed,

    /// <summary>A version that we do not speak.</summary>
    OtherVersion,

    /// <summary>Another network's.</summary>
    OtherNetwork,

    /// <summary>Not sealed with our key, altered, or replayed.</summary>
    Unsealed,

    /// <summary>From an address that nobody can have.</summary>
    UnusableSource,

    /// <summary>From our own id.</summary>
    OwnId,

    /// <summary>A kind that we do not know.</summary>
    UnknownKind,

    /// <summary>A reply to nothing that we asked, or from somewhere else.</summary>
    Unmatched,

    /// <summary>A request above the limits for its sender.</summary>
    Limited,

    /// <summary>A request to a node that serves nobody.</summary>
    NotServing,
}

/// <summary>What the core counted. Received = accepted + dropped; requests sent = answered + timed out + cancelled + under way.</summary>
internal sealed class CoreCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _stores = new long[Enum.GetValues<StoreOutcome>().Length];

    private readonly TrafficCounters[] _sent = new TrafficCounters[Enum.GetValues<Purpose>().Length];

    public long Received { get; set; }

    public long Accepted { get; set; }

    public long BytesReceived { get; set; }

    public long Sent => _sent.Sum(s => s.Sent);

    public long BytesSent => _sent.Sum(s => s.BytesSent);

    public long SendFailures { get; set; }

    public long RequestsSent { get; set; }

    public long RequestsAnswered { get; set; }

    public long RequestsTimedOut { get; set; }

    public long RequestsCancelled { get; set; }

    public long RequestsNotSent { get; set; }

    /// <summary>Neighbours' summaries that came too soon after another.</summary>
    public long SummariesUnanswered { get; set; }

    /// <summary>Exchanges with a neighbour that wanted records and then did not answer, or was too slow.</summary>
    public long ExchangesCutShort { get; set; }

    public long Dropped => _dropped.Sum();

    public long this[DropReason reason] => _dropped[(int)reason];

    public TrafficCounters this[Purpose purpose] => _sent[(int)purpose];

    /// <summary>Strangers' stores by what became of them: what is forged is refused, what is rolled back is older.</summary>
    public long this[StoreOutcome outcome] => _stores[(int)outcome];

    public NodeCounters ToPublic() => new(
        Received, BytesReceived, Dropped, Sent, BytesSent, RequestsSent, RequestsAnswered, RequestsTimedOut);

    public UpkeepCounters ToUpkeep() => new(
        this[Purpose.Joining],
        this[Purpose.Admission],
        this[Purpose.Pings],
        this[Purpose.Refresh],
        this[Purpose.Digests],
        this[Purpose.Replicas],
        this[Purpose.Republishing]);

    public void Send(Purpose purpose, int bytes)
    {
        ref TrafficCounters sent = ref _sent[(int)purpose];
        sent = new TrafficCounters(sent.Sent + 1, sent.BytesSent + bytes);
    }

    public void Drop(DropReason reason) => _dropped[(int)reason]++;

    public void AnswerStore(StoreOutcome outcome) => _stores[(int)outcome]++;
}
