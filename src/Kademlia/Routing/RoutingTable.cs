using System.Diagnostics;

namespace Kademlia.Routing;

/// <summary>The contacts that a node knows: many that are close to it, few that are far away.</summary>
/// <remarks>
/// <para>
/// Bucket <c>i</c> holds contacts whose ids share exactly <c>i</c> leading bits with the table's own id; the last
/// bucket, around the own id, holds all that share at least so many, and splits when it is full (section 2.4 of the paper).
/// </para>
/// <para>
/// A bucket holds k contacts. While all the buckets closer than it hold fewer than k together, it is part of the
/// smallest subtree around the own id with k contacts, and takes up to three times as many: so the k closest contacts
/// are known exactly, and a split loses none. What it has then, it keeps until they fail.
/// </para>
/// <para>
/// An offer never evicts a contact that answers. A contact that left <see cref="RoutingTableOptions.MaxFailures"/>
/// requests in a row unanswered is stale; it leaves when it fails and anybody has answered since it began to fail, or
/// when somebody who answered wants its place. So an outage of one's own line empties nothing.
/// </para>
/// <para>
/// Limits on address groups apply once the table knows k groups; what is then too much leaves, the least recently seen first.
/// </para>
/// <para>Time is monotonic and given by the caller. Not safe for concurrent use. Ids and endpoints in the table are unique.</para>
/// </remarks>
[DebuggerDisplay("{Count} contacts in {BucketCount} buckets")]
public sealed partial class RoutingTable
{
    private const int NearbyFactor = 3;

    private readonly RoutingTableOptions _options;
    private KBucket[] _buckets;
    private int _answers;

    /// <summary>Makes an empty table.</summary>
    /// <param name="self">The id of the node that the table belongs to, which is never in it.</param>
    /// <param name="options">Sizes and limits.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RoutingTable(NodeId self, RoutingTableOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Self = self;
        _options = options;
        _buckets = [new KBucket(0, TimeSpan.MinValue)];
    }

    /// <summary>The id of the node that the table belongs to.</summary>
    public NodeId Self { get; }

    /// <summary>How many contacts there are, replacements not counted.</summary>
    public int Count { get; private set; }

    /// <summary>How many contacts a bucket holds (k).</summary>
    public int BucketSize => _options.BucketSize;

    /// <summary>How many buckets there are: one more than the splits so far.</summary>
    public int BucketCount => _buckets.Length;

    /// <summary>Whether a contact that is not known yet would find a place if it proved itself.</summary>
    /// <remarks>
    /// True when <see cref="Add"/> would put it into its bucket, or into a replacement cache that has room.
    /// False for a contact that is known already: it needs no new proof.
    /// </remarks>
    public bool Wants(Contact contact)
    {
        int index = BucketIndexOf(contact.Id);
        KBucket bucket = _buckets[index];
        if (contact.Id == Self || IsKnown(bucket, contact))
        {
            return false;
        }

        bool cacheable = bucket.Replacements.Count < _options.ReplacementsPerBucket;
        return (cacheable || HasPlace(index))
            && !IsBarred(contact, index)
            && (!TryGetObstacle(bucket, contact, out Contact obstacle) || IsStale(obstacle) || (cacheable && obstacle.Id == contact.Id));
    }

    /// <summary>Offers a contact that has answered and proved its id.</summary>
    /// <param name="contact">The contact.</param>
    /// <param name="now">The time.</param>
    /// <param name="questionable">
    /// Who stands in the contact's way and deserves a ping, before it may give way: the least recently seen contact of
    /// a full bucket, or the one that is known under the same id or at the same endpoint. The default value when nobody does.
    /// </param>
    public AddOutcome Add(Contact contact, TimeSpan now, out Contact questionable)
    {
        questionable = default;
        if (contact.Id == Self)
        {
            return AddOutcome.Rejected;
        }

        _answers++;
        if (TryRefresh(contact, now))
        {
            return AddOutcome.Refreshed;
        }

        AddOutcome outcome = AddNew(contact, now, out questionable);
        Refill(BucketCount - 1);
        if (outcome == AddOutcome.Added)
        {
            AssertInDebug();
        }

        return outcome;
    }

    /// <summary>Notes a reply that matched a request to a contact: it is the most recently seen now, and no longer failing.</summary>
    /// <returns>False when the table does not hold the contact.</returns>
    public bool OnReply(Contact contact, TimeSpan now)
    {
        _answers++;
        KBucket bucket = BucketOf(contact.Id);
        int waiting = IndexOf(bucket.Replacements, contact);
        if (waiting >= 0)
        {
            bucket.Replacements.Refresh(waiting, now);
        }

        return TryRefresh(contact, now);
    }

    /// <summary>Notes that a request to a contact failed.</summary>
    /// <returns>Whether the contact was in the table and has left it.</returns>
    public bool OnFailure(Contact contact, TimeSpan now)
    {
        int index = BucketIndexOf(contact.Id);
        KBucket bucket = _buckets[index];
        int slot = IndexOf(bucket.Contacts, contact);
        if (slot < 0 && IndexOf(bucket.Replacements, contact) >= 0)
        {
            bucket.Forget(contact.Id);
        }

        return slot >= 0 && NoteFailure(index, slot, now);
    }

    /// <summary>Notes that a reply, which matched a request to an endpoint, carried another id than the one known there.</summary>
    /// <remarks>The known contact leaves, and its bucket is to be verified again. Only a matched reply may cause this.</remarks>
    /// <returns>False when the table knows no other id at the endpoint.</returns>
    public bool OnIdChanged(PeerEndPoint endPoint, NodeId newId, TimeSpan now)
    {
        _answers++;
        foreach (KBucket each in _buckets)
        {
            int waiting = each.Replacements.IndexOf(endPoint);
            if (waiting >= 0 && each.Replacements.Entries[waiting].Contact.Id != newId)
            {
                each.Replacements.RemoveAt(waiting);
            }
        }

        if (!TryGetByEndPoint(endPoint, out Contact known) || known.Id == newId)
        {
            return false;
        }

        BucketOf(known.Id).VerifyBefore = now;
        return Remove(known);
    }

    /// <summary>Takes a contact out, as when it says that it leaves.</summary>
    /// <returns>False when the table does not hold it.</returns>
    public bool Remove(Contact contact)
    {
        int index = BucketIndexOf(contact.Id);
        int slot = IndexOf(_buckets[index].Contacts, contact);
        if (slot < 0)
        {
            return false;
        }

        Detach(index, slot);
        Refill(index);
        AssertInDebug();
        return true;
    }

    private AddOutcome AddNew(Contact contact, TimeSpan now, out Contact questionable)
    {
        KBucket bucket = BucketOf(contact.Id);
        while (TryGetObstacle(bucket, contact, out questionable))
        {
            if (!IsStale(questionable))
            {
                return questionable.Id == contact.Id ? Cache(bucket, contact, now) : AddOutcome.Rejected;
            }

            Detach(questionable);
        }

        return IsBarred(contact, BucketIndexOf(contact.Id)) ? AddOutcome.Rejected : Place(contact, now, out questionable);
    }

    private AddOutcome Place(Contact contact, TimeSpan now, out Contact questionable)
    {
        int index = SplitFor(contact.Id);
        KBucket bucket = _buckets[index];
        questionable = default;
        if (bucket.Contacts.Count >= CapacityOf(index) && !DetachStale(index))
        {
            questionable = bucket.Contacts.Entries[0].Contact;
            return Cache(bucket, contact, now);
        }

        Attach(index, new TableEntry(contact, now));
        return AddOutcome.Added;
    }

    private AddOutcome Cache(KBucket bucket, Contact contact, TimeSpan now)
    {
        bucket.Cache(contact, now, _options.ReplacementsPerBucket);
        return _options.ReplacementsPerBucket > 0 ? AddOutcome.Cached : AddOutcome.Rejected;
    }

    private bool NoteFailure(int index, int slot, TimeSpan now)
    {
        ref TableEntry entry = ref _buckets[index].Contacts.Entries[slot];
        entry.AnswersBeforeFailing = entry.Failures == 0 ? _answers : entry.AnswersBeforeFailing;
        entry.Failures = Math.Min(entry.Failures + 1, _options.MaxFailures);
        entry.LastTried = now;
        bool leaves = IsStale(entry) && entry.AnswersBeforeFailing != _answers;
        if (leaves)
        {
            Detach(index, slot);
            Refill(index);
            AssertInDebug();
        }

        return leaves;
    }

    private bool TryRefresh(Contact contact, TimeSpan now)
    {
        ContactList contacts = BucketOf(contact.Id).Contacts;
        int slot = IndexOf(contacts, contact);
        if (slot >= 0)
        {
            contacts.Refresh(slot, now);
        }

        return slot >= 0;
    }
}
