using Kademlia.Records;

namespace Kademlia.Core;

/// <content>Records that are too large for datagrams: holders tell of them, and are asked over streams.</content>
/// <remarks>
/// A few holders are asked at once, each once. When a genuine record is there, whoever told of none that is newer has said enough: it counts as
/// one that gave it. Who told of more than it gives, or cannot be asked, fails nothing but itself.
/// </remarks>
internal sealed partial class RecordCollector
{
    /// <summary>So many holders are asked at once.</summary>
    private const int MaxFetching = 3;

    private readonly List<LargeHolder> _large = [];
    private readonly HashSet<Contact> _told = [];

    /// <summary>A holder tells of a record that no datagram carries.</summary>
    public void OnLarge(Contact holder, long sequence)
    {
        if (!IsSatisfied && _told.Add(holder))
        {
            _large.Add(new LargeHolder(holder, sequence));
            GoOnFetching();
            KeepIfIdle();
        }
    }

    private void GoOnFetching()
    {
        if (_newest.Count > 0)
        {
            long newest = _newest.Values.Max(r => r.Sequence);
            foreach (LargeHolder told in _large.FindAll(h => h.Sequence <= newest && !_forgers.Contains(h.Contact.Id)))
            {
                _large.Remove(told);
                told.GiveUp();
                _holders.Add(told.Contact.Id);
            }

            EndIfEnough();
        }

        int room = MaxFetching - _large.Count(h => h.Fetch is not null);
        foreach (LargeHolder next in _large.Where(h => h.Fetch is null).Take(IsSatisfied ? 0 : room).ToArray())
        {
            core.RunDetached(FetchAsync(next));
        }
    }

    private async CoreTask FetchAsync(LargeHolder holder)
    {
        AskEffect fetch = holder.Fetch = LargeRecords.Fetch(holder.Contact, Key);
        await core.LargeRecords.AskAsync(fetch, scope);
        _large.Remove(holder);
        if (core.LargeRecords.TryReadRecord(fetch, out RecordView record))
        {
            Offer(record, holder.Contact.Id);
        }

        GoOnFetching();
        KeepIfIdle();
    }

    /// <summary>Who told of a large record, of which sequence, and the fetching of it if that has begun.</summary>
    private sealed class LargeHolder(Contact contact, long sequence)
    {
        public Contact Contact { get; } = contact;

        public long Sequence { get; } = sequence;

        public AskEffect? Fetch { get; set; }

        public void GiveUp() => Fetch?.GiveUp?.Invoke();
    }
}
