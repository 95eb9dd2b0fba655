using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Keeps what this node and its neighbours both should hold the same: by difference, within a byte budget.</summary>
/// <remarks>
/// <para>In turn each of the k nearest neighbours is sent a summary of what we see in the common responsibility; it serves as a ping.
/// Where the neighbour's differs, it is offered our entries, and given what it wants; and it offers us its own. So what either lacks
/// comes from whoever is compared with first, and the others find nothing left to do. PROTOCOL.md, sections 4.9 and 7.8.</para>
/// <para>An answered store is not repeated to the same neighbour for an hour, and neither is an offer of which nothing was wanted: what one
/// refuses, for its clock, its owner's taste or its quota, it would refuse again.</para>
/// <para>Neighbours must have been known for <see cref="Acquaintance"/>, so that who passes by costs nothing; in a network of
/// fewer than k a newcomer is compared with at once. What a record is worth is decided where stores are judged, by verification and
/// the total order: here nothing is believed.</para>
/// </remarks>
internal sealed class Replication(NodeCore core)
{
    /// <summary>What replication may send in a minute, offers and records.</summary>
    public const int BytesPerMinute = 64 * 1024;

    /// <summary>So many neighbours are compared with or served at once.</summary>
    public const int MaxUnderWay = 8;

    /// <summary>How long a neighbour must have been known.</summary>
    public static readonly TimeSpan Acquaintance = TimeSpan.FromMinutes(10);

    private const int NoAnswer = -1;

    private static readonly TimeSpan BudgetPeriod = TimeSpan.FromMinutes(1);

    /// <summary>One neighbour is answered with an offer of ours as often.</summary>
    public const long AnswerSeconds = 300;

    private readonly HashSet<Contact> _underWay = [];
    private readonly EntryMemory _unwanted = new();
    private readonly EntryMemory _given = new();
    private readonly EntryMemory _offered = new();
    private readonly EntryMemory _answered = new();
    private TimeSpan _reunionEnds;
    private TimeSpan _periodEnds;
    private int _spent;

    /// <summary>A contact entered the table. In a small network it is compared with at once.</summary>
    public void OnAdded(Contact contact)
    {
        if (core.OverlayOf(contact.EndPoint)!.Table.Count < core.Options.BucketSize)
        {
            core.RunDetached(VisitAsync(contact));
        }
    }

    /// <summary>Compares with a neighbour and gives it what it lacks; one that is not known well is pinged.</summary>
    public async CoreTask VisitAsync(Contact neighbour)
    {
        if (core.Options.IsClient || !IsAcquainted(neighbour) || _underWay.Count >= MaxUnderWay || !_underWay.Add(neighbour))
        {
            await new PingOut(core, neighbour, core.Lifetime).Send();
            return;
        }

        try
        {
            List<RecordEntry> common = Common(neighbour);
            DigestAnswer? answer = await new DigestOut(
                core, neighbour, common.ConvertAll(e => e.Digest), isOffer: false, core.Lifetime).Send();
            if (answer is { Same: false })
            {
                await OfferAsync(neighbour, common);
            }
        }
        finally
        {
            _underWay.Remove(neighbour);
        }
    }

    /// <summary>A neighbour compares with us, or offers us what it has.</summary>
    public bool OnDigest(in IncomingRequest request, in DigestRequest digest)
    {
        Contact asker = new(request.Envelope.Sender, request.From);
        if (!IsNeighbour(asker))
        {
            core.Answers.ReplyDigest(request, same: true, []);
        }
        else if (digest.IsSummary)
        {
            OnSummary(request, asker, digest.Count, digest.Sum);
        }
        else
        {
            OnOffer(request, digest.Entries);
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

        Span<Contact> nearest = new Contact[2 * core.Options.BucketSize];
        return nearest[..table.FindClosest(core.Id, nearest)].Contains(contact);
    }

    /// <summary>A genuine record was evicted or found no room: nothing older is wanted in its slot for a while, and after a tombstone never.</summary>
    public void OnNoRoom(in RecordHead head) => _unwanted.Add(
        DigestEntry.Of(head),
        head.IsTombstone ? head.ExpirySeconds + RecordExpiry.SkewSeconds : AnHourFromNow);

    private long AnHourFromNow => core.WallSeconds + EntryMemory.Seconds;

    private void OnSummary(in IncomingRequest request, Contact asker, int count, ulong sum)
    {
        List<RecordEntry> common = Common(asker);
        bool same = common.Count == count && Digests.Sum(common.ConvertAll(e => e.Digest), request.Envelope.Transaction) == sum;
        core.Answers.ReplyDigest(request, same, []);
        DigestEntry turn = new(asker.Id.Word0, 0, 0);
        if (!same
            && common.Count > 0
            && IsAcquainted(asker)
            && !_answered.Contains(turn, core.WallSeconds)
            && _underWay.Count < MaxUnderWay
            && _underWay.Add(asker))
        {
            _answered.Add(turn, core.WallSeconds + AnswerSeconds);
            core.RunDetached(AnswerAsync(asker, common));
        }
    }

    private async CoreTask AnswerAsync(Contact asker, List<RecordEntry> common)
    {
        try
        {
            await OfferAsync(asker, common);
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
        int count = entries.Length / DigestEntry.Length;
        for (int i = 0; i < count; i++)
        {
            DigestEntry offered = DigestEntry.Read(entries[(i * DigestEntry.Length)..]);
            bool wants = core.Holding.Index.Lacks(offered) && !_unwanted.Contains(offered, core.WallSeconds);
            wanted[i / 8] |= (byte)(wants ? 1 << (i % 8) : 0);
        }

        core.Answers.ReplyDigest(request, same: !wanted.ContainsAnyExcept((byte)0), wanted[..((count + 7) / 8)]);
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

    /// <summary>What we hold that both of us should hold, as we see it: the nearest to us first.</summary>
    private List<RecordEntry> Common(Contact other)
    {
        RoutingTable table = core.OverlayOf(other.EndPoint)!.Table;
        Contact[] closest = new Contact[core.Options.BucketSize];
        List<RecordEntry> common = [];
        foreach (RecordEntry entry in core.Holding.Index.ClosestFirst)
        {
            if (entry.Origin != RecordOrigin.Cache
                && entry.Head.ExpirySeconds >= core.WallSeconds
                && AreBothResponsible(entry.Key.Hash, other, closest.AsSpan(0, table.FindClosest(entry.Key.Hash, closest))))
            {
                common.Add(entry);
            }
        }

        return common;
    }

    /// <summary>Whether we and another are both among the k closest to a key, of which the others that we know are given.</summary>
    private bool AreBothResponsible(NodeId key, Contact other, ReadOnlySpan<Contact> closest)
    {
        bool full = closest.Length == core.Options.BucketSize;
        bool isOurs = !full || (core.Id ^ key) < (closest[^1].Id ^ key);
        ReadOnlySpan<Contact> others = full ? closest[..^1] : closest;
        return isOurs && others.Contains(other);
    }

    private async CoreTask OfferAsync(Contact neighbour, List<RecordEntry> entries)
    {
        DigestEntry all = new(neighbour.Id.Word0 ^ Digests.Sum(entries.ConvertAll(e => e.Digest), transaction: 0), 0, 0);
        if (_offered.Contains(all, core.WallSeconds))
        {
            return;
        }

        int given = 0;
        for (int i = 0; i < entries.Count; i += DigestRequest.MaxEntries)
        {
            List<RecordEntry> page = entries.GetRange(i, Math.Min(DigestRequest.MaxEntries, entries.Count - i));
            await SpendAsync((page.Count * DigestEntry.Length) + Codec.MinRequestLength);
            DigestAnswer? answer = await new DigestOut(
                core, neighbour, page.ConvertAll(e => e.Digest), isOffer: true, core.Lifetime).Send();
            int more = answer is null ? NoAnswer : await GiveAsync(neighbour, page, answer.Wanted);
            if (more == NoAnswer)
            {
                return;
            }

            given += more;
        }

        if (given == 0)
        {
            _offered.Add(all, AnHourFromNow);
        }
    }

    /// <summary>Stores what is wanted and was not stored there lately.</summary>
    /// <returns>How many were stored, or <see cref="NoAnswer"/>.</returns>
    private async CoreTask<int> GiveAsync(Contact neighbour, List<RecordEntry> page, byte[] wanted)
    {
        int given = 0;
        for (int i = 0; i < page.Count; i++)
        {
            DigestEntry gift = page[i].Digest with { Slot = page[i].Digest.Slot ^ neighbour.Id.Word0 };
            if (!DigestReply.IsWanted(wanted, i)
                || _given.Contains(gift, core.WallSeconds)
                || core.Read(page[i].Key, page[i].Writer) is not Record record)
            {
                continue;
            }

            await SpendAsync(record.Value.Length + Codec.MinRequestLength);
            if (!await GiveAsync(neighbour, record))
            {
                return NoAnswer;
            }

            _given.Add(gift, AnHourFromNow);
            given++;
        }

        return given;
    }

    /// <summary>Stores one record; what the neighbour holds instead, being greater, becomes ours.</summary>
    /// <returns>False when it does not answer.</returns>
    private async CoreTask<bool> GiveAsync(Contact neighbour, Record record)
    {
        StoreOut store = new(core, neighbour, record, StorePurpose.Replica, StoreRequest.Unconditional, core.Lifetime)
        {
            Patience = core.Options.RequestTimeout,
        };
        StoreAnswer? answer = await store.Send();
        if (answer?.Newer is Record newer && newer.Key == record.Key && newer.Writer == record.Writer)
        {
            await core.Holding.MergeAsync(newer, AddressGroup.Of(neighbour.EndPoint));
        }

        return answer is not null;
    }

    private async CoreTask SpendAsync(int bytes)
    {
        if (core.Now >= _periodEnds)
        {
            _periodEnds = core.Now + BudgetPeriod;
            _spent = 0;
        }

        _spent += bytes;
        if (_spent > BytesPerMinute)
        {
            await core.Delay(_periodEnds - core.Now, core.Lifetime);
        }
    }
}
