using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <content>How a neighbour is given what it lacks, and no more than the budget allows.</content>
internal sealed partial class Replication
{
    /// <summary>What replication may send in a minute, offers and records.</summary>
    public const int BytesPerMinute = 64 * 1024;

    /// <summary>So long one neighbour is served at a time: with what is left it is the next time's turn, and who answers slowly keeps nobody else waiting.</summary>
    public static readonly TimeSpan LongestExchange = TimeSpan.FromMinutes(10);

    private const int CutShort = -1;

    /// <summary>So few are offered as they are: a sketch would be an exchange more.</summary>
    private const int FewEntries = 12;

    private static readonly TimeSpan BudgetPeriod = TimeSpan.FromMinutes(1);

    private readonly EntryMemory _given = new();
    private readonly EntryMemory _offered = new();
    private readonly EntryMemory _unneeded = new();
    private TimeSpan _periodEnds;
    private int _spent;

    /// <summary>Offers a neighbour all that it should hold when we are gone.</summary>
    public async CoreTask BequeathAsync(Contact neighbour)
    {
        if (_underWay.Count < MaxUnderWay && _underWay.Add(neighbour))
        {
            try
            {
                await OfferAsync(neighbour, Inheritance(neighbour), knowsSketches: false);
            }
            finally
            {
                _underWay.Remove(neighbour);
            }
        }
    }

    private List<RecordEntry> Inheritance(Contact heir)
    {
        RoutingTable table = core.OverlayOf(heir.EndPoint)!.Table;
        Contact[] closest = new Contact[core.Options.BucketSize];
        return
        [
            .. core.Holding.Index.ClosestFirst.Where(entry =>
                IsKept(entry) && closest.AsSpan(0, table.FindClosest(entry.Key.Hash, closest)).Contains(heir)),
        ];
    }

    /// <param name="neighbour">To whom.</param>
    /// <param name="entries">What both should hold.</param>
    /// <param name="knowsSketches">Whether it has shown that it does.</param>
    /// <param name="hasLost">Whether it holds so little of it that what it had before says nothing.</param>
    private async CoreTask OfferAsync(Contact neighbour, List<RecordEntry> entries, bool knowsSketches, bool hasLost = false)
    {
        entries = hasLost ? entries : entries.FindAll(e => !_unneeded.Contains(ExactlyAt(neighbour, e), Seconds));
        DigestEntry all = new(neighbour.Id.Word0 ^ Digests.Sum(entries.ConvertAll(e => e.Digest), transaction: 0), 0, 0);
        if (entries.Count == 0 || (!hasLost && _offered.Contains(all, Seconds)))
        {
            return;
        }

        TimeSpan until = core.Now + LongestExchange;
        int given = 0;
        foreach (RecordEntry[] page in entries.Chunk(DigestRequest.MaxSketched))
        {
            RecordEntry[] lacked = knowsSketches && page.Length > FewEntries ? await LackedAsync(neighbour, page) : page;
            int more = await OfferEachAsync(neighbour, lacked, until);
            if (more == CutShort)
            {
                core.Counters.ExchangesCutShort++;
                return;
            }

            given += more;
        }

        if (given == 0)
        {
            _offered.Add(all, AnHourFromNow);
        }
    }

    /// <summary>What a neighbour does not hold of some records; all of them when it does not answer.</summary>
    private async CoreTask<RecordEntry[]> LackedAsync(Contact neighbour, RecordEntry[] page)
    {
        DigestAnswer? answer = await AskAsync(neighbour, page, DigestForm.Sketch, DigestRequest.SketchedLength);
        if (answer?.Lacked is not byte[] lacked)
        {
            return page;
        }

        NoteUnneeded(neighbour, page, lacked);
        return [.. page.Where((_, i) => DigestReply.IsSet(lacked, i))];
    }

    /// <summary>Offers entries, and gives what is wanted.</summary>
    /// <returns>How many were stored, or <see cref="CutShort"/>: it does not answer, or is too slow.</returns>
    private async CoreTask<int> OfferEachAsync(Contact neighbour, RecordEntry[] entries, TimeSpan until)
    {
        int given = 0;
        foreach (RecordEntry[] page in entries.Chunk(DigestRequest.MaxEntries))
        {
            DigestAnswer? answer = await AskAsync(neighbour, page, DigestForm.Offer, DigestEntry.Length);
            int more = answer is null ? CutShort : await GiveAsync(neighbour, page, answer.Wanted, until);
            if (more == CutShort)
            {
                return CutShort;
            }

            given += more;
        }

        return given;
    }

    private async CoreTask<DigestAnswer?> AskAsync(Contact neighbour, RecordEntry[] page, DigestForm form, int bytesEach)
    {
        await SpendAsync((page.Length * bytesEach) + Codec.MinRequestLength);
        return await new DigestOut(core, neighbour, Array.ConvertAll(page, e => e.Digest), form, core.LifetimeFor(Purpose.Digests)).Send();
    }

    /// <summary>Stores what is wanted and was not stored there lately.</summary>
    /// <returns>How many were stored, or <see cref="CutShort"/>.</returns>
    private async CoreTask<int> GiveAsync(Contact neighbour, RecordEntry[] page, byte[] wanted, TimeSpan until)
    {
        NoteUnneeded(neighbour, page, wanted);
        int given = 0;
        for (int i = 0; i < page.Length; i++)
        {
            DigestEntry gift = page[i].Digest with { Slot = page[i].Digest.Slot ^ neighbour.Id.Word0 };
            if (!DigestReply.IsSet(wanted, i)
                || _given.Contains(gift, Seconds)
                || core.Read(page[i].Key, page[i].Writer) is not Record record)
            {
                continue;
            }

            await SpendAsync(page[i].Head.Size - RecordHead.Overhead + Codec.MinRequestLength);
            if (core.Now >= until || !await GiveAsync(neighbour, record))
            {
                return CutShort;
            }

            _given.Add(gift, AnHourFromNow);
            given++;
        }

        return given;
    }

    private void NoteUnneeded(Contact neighbour, RecordEntry[] page, byte[] wanted)
    {
        foreach (RecordEntry entry in page.Where((_, i) => i / 8 < wanted.Length && !DigestReply.IsSet(wanted, i)))
        {
            _unneeded.Add(ExactlyAt(neighbour, entry), AnHourFromNow);
        }
    }

    /// <summary>A record at a neighbour, as it is now: when its publisher renews it, with the same sequence, it is another.</summary>
    private static DigestEntry ExactlyAt(Contact neighbour, RecordEntry entry) =>
        new(entry.Digest.Slot ^ neighbour.Id.Word0 ^ entry.Digest.Mark, entry.Digest.Sequence, entry.Digest.Mark);

    /// <summary>Stores one record; what the neighbour holds instead, being greater, becomes ours.</summary>
    /// <returns>False when it does not answer; who cannot be dialled for a large record has answered.</returns>
    private async CoreTask<bool> GiveAsync(Contact neighbour, Record record)
    {
        CancelScope scope = core.LifetimeFor(Purpose.Replicas);
        StoreOut store = new(core, neighbour, record, StorePurpose.Replica, StoreRequest.Unconditional, scope)
        {
            Patience = core.Options.RequestTimeout,
        };
        StoreAnswer? answer = await store.StoreAsync();
        if (answer?.Newer is Record newer && newer.Key == record.Key && newer.Writer == record.Writer)
        {
            await core.Holding.MergeAsync(newer, neighbour);
        }

        return answer is not null || record.IsLarge;
    }

    /// <summary>Waits until there is room for it; a large record needs only a datagram's, and the rest is taken from the minutes that follow.</summary>
    private async CoreTask SpendAsync(int bytes)
    {
        BeginPeriod();
        while (_spent + Math.Min(bytes, Codec.MaxMessageLength) > BytesPerMinute)
        {
            await core.Delay(_periodEnds - core.Now, core.Lifetime);
            BeginPeriod();
        }

        _spent += bytes;
    }

    private void BeginPeriod()
    {
        if (core.Now >= _periodEnds)
        {
            double periods = 1 + Math.Floor((core.Now - _periodEnds) / BudgetPeriod);
            _spent = (int)Math.Max(0, _spent - (periods * BytesPerMinute));
            _periodEnds = core.Now + BudgetPeriod;
        }
    }
}
