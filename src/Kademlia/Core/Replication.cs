using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Routing;

namespace Kademlia.Core;

/// <summary>Keeps what this node and its neighbours both should hold the same: by difference, within a byte budget.</summary>
/// <remarks>
/// <para>In turn each of the k nearest neighbours is sent a summary of what we see in the common responsibility; it serves as a ping. So are the next k, where there is something in it.
/// Where the neighbour's differs, it is sent a sketch of our records, offered those that it lacks, and given what it wants; and it does so with its own. So what either lacks
/// comes from whoever is compared with first, and the others find nothing left to do. PROTOCOL.md, sections 4.9 and 7.8.</para>
/// <para>An answered store is not repeated to the same neighbour for an hour, and neither is an offer of what was not wanted, as long as that is remembered: what one
/// has, it still has, unless its own summary shows that it has lost most, which counts once an hour, and what it refuses, for its clock, its owner's taste or its quota, it would refuse again. Where nodes come and go,
/// two seldom see the same common responsibility; without this, each comparison would be followed by an offer of all.</para>
/// <para>Neighbours must have been known for <see cref="Acquaintance"/>, so that who passes by costs nothing; in a network of
/// fewer than k a newcomer is compared with at once. What a record is worth is decided where stores are judged, by verification and
/// the total order: here nothing is believed.</para>
/// </remarks>
internal sealed partial class Replication(NodeCore core)
{
    /// <summary>So many neighbours are compared with or served at once.</summary>
    public const int MaxUnderWay = 8;

    /// <summary>
    /// Neighbours are so many times k. Of the k nearest to a key some need not be among the k nearest to each other: they may lie on both sides of a
    /// branch, and whoever is on the one side is nearer to all there than to any on the other.
    /// </summary>
    public const int Reach = 2;

    /// <summary>How long a neighbour must have been known.</summary>
    public static readonly TimeSpan Acquaintance = TimeSpan.FromMinutes(10);

    /// <summary>Where k nodes are expected to be nearer to a key there may be few: so many times k say that it is not ours.</summary>
    private const int ResponsibilitySlack = 2;

    /// <summary>One neighbour is answered with an offer of ours as often.</summary>
    public const long AnswerSeconds = 300;

    /// <summary>One neighbour's summary is compared with ours as often: going through ten thousand records takes milliseconds.</summary>
    public const long CompareSeconds = 1;

    /// <summary>What each record held counts for when a sketch is answered: sketches take a tenth of our time at most.</summary>
    public static readonly TimeSpan SketchTime = TimeSpan.FromMicroseconds(3);

    private readonly HashSet<Contact> _underWay = [];
    private readonly EntryMemory _unwanted = new();
    private readonly EntryMemory _answered = new();
    private readonly EntryMemory _compared = new();
    private TimeSpan _reunionEnds;
    private TimeSpan _nextSketchAt;

    /// <summary>A contact entered the table. In a small network it is compared with at once.</summary>
    public void OnAdded(Contact contact)
    {
        if (core.OverlayOf(contact.EndPoint)!.Table.Count < core.Options.BucketSize)
        {
            core.RunDetached(VisitAsync(contact));
        }
    }

    /// <summary>Compares with one of the k nearest and gives it what it lacks; one that is not known well is pinged.</summary>
    public CoreTask VisitAsync(Contact neighbour) =>
        MayCompare(neighbour) ? CompareAsync(neighbour, Common(neighbour)) : PingAsync(neighbour);

    /// <summary>Compares with one of the next k nearest, if there is anything that both of us should hold, and room is left for those nearer.</summary>
    public async CoreTask VisitFartherAsync(Contact neighbour)
    {
        if (_underWay.Count < MaxUnderWay / 2 && MayCompare(neighbour) && Common(neighbour) is { Count: > 0 } common)
        {
            await CompareAsync(neighbour, common);
        }
    }

    /// <summary>A neighbour compares with us, or offers us what it has.</summary>
    public bool OnDigest(in IncomingRequest request, in DigestRequest digest)
    {
        Contact asker = new(request.Envelope.Sender, request.From);
        if (!IsNeighbour(asker))
        {
            core.Answers.ReplyDigest(request, new DigestReply(same: true, [], []));
        }
        else if (digest.IsOffer)
        {
            OnOffer(request, digest.Entries);
        }
        else if (digest.IsSummary)
        {
            OnSummary(request, asker, digest);
        }
        else
        {
            OnSketch(request, digest.Sketch);
        }

        return true;
    }

    /// <summary>Whether a node is proven and so near that we may hold something in common.</summary>
    public bool IsNeighbour(Contact contact)
    {
        RoutingTable? table = core.OverlayOf(contact.EndPoint)?.Table;
        if (table?.Contains(contact) != true)
        {
            return false;
        }

        Span<Contact> nearest = new Contact[Reach * core.Options.BucketSize];
        return nearest[..table.FindClosest(core.Id, nearest)].Contains(contact);
    }

    /// <summary>Whether what a node gives as a replica is one: from a neighbour, and of a key that we may be among the k nearest to.</summary>
    public bool MayReplicate(RecordKey key, Contact giver) =>
        IsNeighbour(giver)
        && core.OverlayOf(giver.EndPoint)!.ExpectedWithin(core.Id ^ key.Hash) < ResponsibilitySlack * core.Options.BucketSize;

    /// <summary>
    /// A genuine record was evicted or found no room: nothing older is wanted in its slot for a while, and after a tombstone never. A replica that had
    /// to leave is wanted from others still, or a neighbour could push out of its share what it gave, and so keep it from us.
    /// </summary>
    public void OnNoRoom(in RecordHead head, AddressGroup source, RecordOrigin origin)
    {
        DigestEntry entry = DigestEntry.Of(head);
        _unwanted.Add(
            origin == RecordOrigin.Replica && !head.IsTombstone ? GivenBy(source, entry) : entry,
            head.IsTombstone ? Seconds + RecordExpiry.EndOf(head.ExpirySeconds) - core.WallSeconds : AnHourFromNow);
    }

    private static DigestEntry GivenBy(AddressGroup source, DigestEntry entry) => entry with { Slot = entry.Slot ^ source.Bits };

    /// <summary>What is remembered for a while is so on monotonic time: a wall clock that jumps makes no while of days.</summary>
    private long Seconds => (long)core.Now.TotalSeconds;

    private long AnHourFromNow => Seconds + EntryMemory.Seconds;

    /// <summary>A summary that comes too soon after another stays unanswered, as if it had been lost: saying `same` might not be true.</summary>
    private void OnSummary(in IncomingRequest request, Contact asker, in DigestRequest summary)
    {
        DigestEntry turn = new(asker.Id.Word0, 0, 0);
        if (_compared.Contains(turn, Seconds))
        {
            core.Counters.SummariesUnanswered++;
            return;
        }

        _compared.Add(turn, Seconds + CompareSeconds);
        List<RecordEntry> common = Common(asker);
        bool same = common.Count == summary.Count
            && Digests.Sum(common.ConvertAll(e => e.Digest), request.Envelope.Transaction) == summary.Sum;
        core.Answers.ReplyDigest(request, new DigestReply(same, [], []));
        if (!same
            && common.Count > 0
            && IsAcquainted(asker)
            && !_answered.Contains(turn, Seconds)
            && _underWay.Count < MaxUnderWay
            && _underWay.Add(asker))
        {
            DigestEntry loss = turn with { Sequence = 1 };
            bool hasLost = summary.Count < common.Count / 2 && !_answered.Contains(loss, Seconds);
            _answered.Add(turn, Seconds + AnswerSeconds);
            if (hasLost)
            {
                _answered.Add(loss, AnHourFromNow);
            }

            core.RunDetached(AnswerAsync(asker, common, summary.KnowsSketches, hasLost));
        }
    }

    /// <summary>Costs a look at all records, and so is answered for a part of our time: one that is not is followed by an offer of all.</summary>
    private void OnSketch(in IncomingRequest request, ReadOnlySpan<byte> sketch)
    {
        if (core.Now < _nextSketchAt)
        {
            core.Counters.SummariesUnanswered++;
            return;
        }

        _nextSketchAt = core.Now + (SketchTime * core.Holding.Index.Count);
        Span<byte> bits = stackalloc byte[DigestReply.MaxLackedLength];
        ReadOnlySpan<byte> lacked = Digests.Lacked(sketch, core.Holding.Index.Digests, request.Envelope.Transaction, bits);
        core.Answers.ReplyDigest(request, new DigestReply(same: false, [], lacked));
    }

    private async CoreTask AnswerAsync(Contact asker, List<RecordEntry> common, bool knowsSketches, bool hasLost)
    {
        try
        {
            await OfferAsync(asker, common, knowsSketches, hasLost);
        }
        finally
        {
            _underWay.Remove(asker);
        }
    }

    private void OnOffer(in IncomingRequest request, ReadOnlySpan<byte> entries)
    {
        Span<byte> wanted = stackalloc byte[DigestReply.MaxWantedLength];
        wanted.Clear();
        AddressGroup source = AddressGroup.Payer(request.From, core.Options.LimitLocalAddressGroups);
        int count = entries.Length / DigestEntry.Length;
        for (int i = 0; i < count; i++)
        {
            DigestEntry offered = DigestEntry.Read(entries[(i * DigestEntry.Length)..]);
            bool wants = core.Holding.Index.Lacks(offered)
                && !_unwanted.Contains(offered, Seconds)
                && !_unwanted.Contains(GivenBy(source, offered), Seconds);
            wanted[i / 8] |= (byte)(wants ? 1 << (i % 8) : 0);
        }

        core.Answers.ReplyDigest(request, new DigestReply(!wanted.ContainsAnyExcept((byte)0), wanted[..((count + 7) / 8)], []));
    }

    /// <summary>Two parts of the network meet again: neighbours are compared with at once, for as long as others have to be known.</summary>
    public void OnReunion() => _reunionEnds = core.Now + Acquaintance;

    /// <summary>Known for long enough, or in a network that has no others, or that has just become one.</summary>
    private bool IsAcquainted(Contact contact)
    {
        RoutingTable table = core.OverlayOf(contact.EndPoint)!.Table;
        return table.Count < core.Options.BucketSize || core.Now < _reunionEnds
            ? table.Contains(contact)
            : table.HasKnown(contact, Acquaintance, core.Now);
    }

    private bool MayCompare(Contact neighbour) =>
        core.OverlayOf(neighbour.EndPoint) is { Serves: true }
        && IsAcquainted(neighbour)
        && _underWay.Count < MaxUnderWay
        && !_underWay.Contains(neighbour);

    private async CoreTask PingAsync(Contact neighbour) =>
        await new PingOut(core, neighbour, core.LifetimeFor(Purpose.Pings)).Send();

    private async CoreTask CompareAsync(Contact neighbour, List<RecordEntry> common)
    {
        _underWay.Add(neighbour);
        try
        {
            DigestAnswer? answer = await new DigestOut(
                core, neighbour, common.ConvertAll(e => e.Digest), DigestForm.Summary, core.LifetimeFor(Purpose.Digests)).Send();
            if (answer is { Same: false })
            {
                await OfferAsync(neighbour, common, knowsSketches: answer.Lacked is not null);
            }
        }
        finally
        {
            _underWay.Remove(neighbour);
        }
    }

    /// <summary>What we hold that both of us should hold, as we see it: the nearest to us first.</summary>
    public List<RecordEntry> Common(Contact other)
    {
        RoutingTable table = core.OverlayOf(other.EndPoint)!.Table;
        ulong[] contacts = Array.ConvertAll(table.ToArray(), c => c.Id.Word0);
        int shared = SharedPrefix(other, table);
        List<RecordEntry> common = [];
        foreach (RecordEntry entry in core.Holding.Index.ClosestFirst)
        {
            if (IsKept(entry)
                && (entry.Distance.LeadingZeroCount >= shared || AreBothResponsible(entry.Key.Hash.Word0, other.Id.Word0, contacts)))
            {
                common.Add(entry);
            }
        }

        return common;
    }

    /// <summary>Whether a record is kept until it expires, not for as long as it is asked for.</summary>
    private bool IsKept(RecordEntry entry) => entry.Origin != RecordOrigin.Cache && entry.Head.ExpirySeconds >= core.WallSeconds;

    /// <summary>
    /// How many bits a key must share with us so that it is ours and another's without a look at who is closest: as many as the other
    /// does, if we are no more than k that do. Without this, ten thousand looks take milliseconds.
    /// </summary>
    private int SharedPrefix(Contact other, RoutingTable table)
    {
        Contact[] closest = new Contact[core.Options.BucketSize];
        int shared = (core.Id ^ other.Id).LeadingZeroCount;
        int count = 0;
        foreach (Contact contact in closest.AsSpan(0, table.FindClosest(core.Id, closest)))
        {
            count += (core.Id ^ contact.Id).LeadingZeroCount >= shared ? 1 : 0;
        }

        return count < core.Options.BucketSize ? shared : int.MaxValue;
    }

    /// <summary>Whether we and another are both among the k closest to a key: fewer than k are closer than the farther of us. By first words, for no two nodes share one.</summary>
    private bool AreBothResponsible(ulong key, ulong other, ReadOnlySpan<ulong> contacts)
    {
        ulong ours = core.Id.Word0 ^ key;
        ulong farther = Math.Max(ours, other ^ key);
        int closer = ours < farther ? 1 : 0;
        foreach (ulong contact in contacts)
        {
            closer += (contact ^ key) < farther ? 1 : 0;
        }

        return closer < core.Options.BucketSize;
    }
}
