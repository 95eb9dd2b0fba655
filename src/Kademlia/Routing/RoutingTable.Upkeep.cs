namespace Kademlia.Routing;

// What keeps the table true: whom to ping, which range to look into, and what to save.
public sealed partial class RoutingTable
{
    // A contact that failed is tried again after this part of the time after which one that answers is.
    private const int RetriesPerInterval = 4;

    /// <summary>Whether the table holds a contact, with this id and at this endpoint.</summary>
    public bool Contains(Contact contact) => IndexOf(BucketOf(contact.Id).Contacts, contact) >= 0;

    /// <summary>Whether the table has held a contact for as long as that.</summary>
    public bool HasKnown(Contact contact, TimeSpan time, TimeSpan now)
    {
        ContactList contacts = BucketOf(contact.Id).Contacts;
        int slot = IndexOf(contacts, contact);
        return slot >= 0 && now - contacts.Entries[slot].Since >= time;
    }

    /// <summary>Finds the contact with an id.</summary>
    public bool TryGet(NodeId id, out Contact contact)
    {
        ContactList contacts = BucketOf(id).Contacts;
        int slot = contacts.IndexOf(id);
        contact = slot >= 0 ? contacts.Entries[slot].Contact : default;
        return slot >= 0;
    }

    /// <summary>Finds the contact at an endpoint.</summary>
    public bool TryGetByEndPoint(PeerEndPoint endPoint, out Contact contact)
    {
        foreach (KBucket bucket in _buckets)
        {
            int slot = bucket.Contacts.IndexOf(endPoint);
            if (slot >= 0)
            {
                contact = bucket.Contacts.Entries[slot].Contact;
                return true;
            }
        }

        contact = default;
        return false;
    }

    /// <summary>Names the contact that most needs a ping, and counts it as tried.</summary>
    /// <param name="now">The time.</param>
    /// <param name="olderThan">How long a contact may be silent. One that failed is named again after a quarter of that.</param>
    /// <param name="contact">The contact that was neither seen nor tried for longest.</param>
    /// <returns>False when all contacts were seen or tried lately, and no bucket is to be verified again.</returns>
    public bool TryGetQuestionable(TimeSpan now, TimeSpan olderThan, out Contact contact)
    {
        (KBucket? Bucket, int Slot, TimeSpan Touched) oldest = (null, 0, TimeSpan.MaxValue);
        foreach (KBucket bucket in _buckets)
        {
            Span<TableEntry> entries = bucket.Contacts.Entries;
            for (int slot = 0; slot < entries.Length; slot++)
            {
                TimeSpan touched = entries[slot].LastTouched;
                TimeSpan patience = entries[slot].Failures > 0 ? olderThan / RetriesPerInterval : olderThan;
                bool isDue = touched < bucket.VerifyBefore || now - touched >= patience;
                oldest = isDue && touched < oldest.Touched ? (bucket, slot, touched) : oldest;
            }
        }

        contact = default;
        if (oldest.Bucket is null)
        {
            return false;
        }

        ref TableEntry entry = ref oldest.Bucket.Contacts.Entries[oldest.Slot];
        entry.LastTried = now;
        contact = entry.Contact;
        return true;
    }

    /// <summary>Names a random id in the range that no lookup went into for longest.</summary>
    /// <remarks>It is named until <see cref="OnLookup"/> is called for it.</remarks>
    /// <param name="now">The time.</param>
    /// <param name="interval">How long a range may be left alone (tRefresh in section 2.3 of the paper: an hour).</param>
    /// <param name="random">Where the id comes from.</param>
    /// <param name="target">The id to look up.</param>
    /// <returns>False when a lookup went into every range within the interval.</returns>
    public bool TryGetBucketToRefresh(TimeSpan now, TimeSpan interval, Random random, out NodeId target)
    {
        ArgumentNullException.ThrowIfNull(random);
        int index = 0;
        for (int i = 1; i < BucketCount; i++)
        {
            index = _buckets[i].LastLookup < _buckets[index].LastLookup ? i : index;
        }

        bool isDue = _buckets[index].LastLookup <= now - interval;
        target = isDue ? RandomIdIn(index, random) : default;
        return isDue;
    }

    /// <summary>Whether the range of an id has as many contacts as it may, of whom none has failed since it answered last: a lookup there would add nobody.</summary>
    internal bool IsSettled(NodeId id)
    {
        int index = BucketIndexOf(id);
        bool isFull = index < BucketCount - 1 && _buckets[index].Contacts.Count >= CapacityOf(index);
        foreach (ref readonly TableEntry entry in _buckets[index].Contacts.Entries)
        {
            isFull &= entry.Failures == 0;
        }

        return isFull;
    }

    /// <summary>Notes that a lookup goes to a target: the range that it falls into needs none for a while.</summary>
    public void OnLookup(NodeId target, TimeSpan now) => BucketOf(target).LastLookup = now;

    /// <summary>Writes the contacts, from the farthest bucket to the nearest, in each the least recently seen first.</summary>
    /// <returns>How many were written: as many as there is room for, or all that there are.</returns>
    public int CopyTo(Span<Contact> destination)
    {
        int written = 0;
        foreach (KBucket bucket in _buckets)
        {
            foreach (ref TableEntry entry in bucket.Contacts.Entries)
            {
                if (written == destination.Length)
                {
                    return written;
                }

                destination[written++] = entry.Contact;
            }
        }

        return written;
    }

    /// <summary>All contacts, in the order of <see cref="CopyTo"/>.</summary>
    public Contact[] ToArray()
    {
        Contact[] contacts = new Contact[Count];
        CopyTo(contacts);
        return contacts;
    }

    private NodeId RandomIdIn(int index, Random random)
    {
        bool isLast = index == BucketCount - 1;
        NodeId id = NodeId.Random(random);
        NodeId near = new(
            Blend(Self.Word0, id.Word0, index),
            Blend(Self.Word1, id.Word1, index - 64),
            Blend(Self.Word2, id.Word2, index - 128),
            Blend(Self.Word3, id.Word3, index - 192));
        return isLast || HasBit(Self ^ near, index) ? near : Flip(near, index);
    }

    /// <summary>The first bits of one word and the rest of another.</summary>
    private static ulong Blend(ulong first, ulong rest, int bits)
    {
        ulong mask = bits <= 0 ? ulong.MaxValue : bits >= 64 ? 0 : ulong.MaxValue >> bits;
        return (first & ~mask) | (rest & mask);
    }

    private static NodeId Flip(NodeId id, int index)
    {
        ulong bit = 1UL << (63 - (index & 63));
        return (index >> 6) switch
        {
            0 => new NodeId(id.Word0 ^ bit, id.Word1, id.Word2, id.Word3),
            1 => new NodeId(id.Word0, id.Word1 ^ bit, id.Word2, id.Word3),
            2 => new NodeId(id.Word0, id.Word1, id.Word2 ^ bit, id.Word3),
            _ => new NodeId(id.Word0, id.Word1, id.Word2, id.Word3 ^ bit),
        };
    }
}
