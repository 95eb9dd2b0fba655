namespace Kademlia.Routing;

// How contacts come into buckets and leave them, how buckets split and refill.
public sealed partial class RoutingTable
{
    private int BucketIndexOf(NodeId id) => Math.Min(Self.CommonPrefixLength(id), BucketCount - 1);

    private KBucket BucketOf(NodeId id) => _buckets[BucketIndexOf(id)];

    private static int IndexOf(ContactList list, Contact contact)
    {
        int index = list.IndexOf(contact.Id);
        return index >= 0 && list.Entries[index].Contact == contact ? index : -1;
    }

    private static bool IsKnown(KBucket bucket, Contact contact) =>
        IndexOf(bucket.Contacts, contact) >= 0 || IndexOf(bucket.Replacements, contact) >= 0;

    private bool IsStale(TableEntry entry) => entry.Failures >= _options.MaxFailures;

    private bool IsStale(Contact contact)
    {
        ContactList contacts = BucketOf(contact.Id).Contacts;
        return IsStale(contacts.Entries[IndexOf(contacts, contact)]);
    }

    /// <summary>Finds the contact that is known under the same id at another endpoint, or at the same endpoint under another id.</summary>
    private bool TryGetObstacle(KBucket bucket, Contact contact, out Contact obstacle)
    {
        int slot = bucket.Contacts.IndexOf(contact.Id);
        obstacle = slot >= 0 ? bucket.Contacts.Entries[slot].Contact : default;
        return slot >= 0 || TryGetByEndPoint(contact.EndPoint, out obstacle);
    }

    /// <summary>How many contacts a bucket may hold: k, or more when the buckets closer to us hold fewer than k together.</summary>
    private int CapacityOf(int index)
    {
        int closer = index == BucketCount - 1 ? BucketSize : 0;
        for (int i = index + 1; i < BucketCount && closer < BucketSize; i++)
        {
            closer += _buckets[i].Contacts.Count;
        }

        return closer < BucketSize ? NearbyFactor * BucketSize : BucketSize;
    }

    /// <summary>Whether a newcomer finds a place in a bucket; in the last one always, since that splits.</summary>
    private bool HasPlace(int index) =>
        index == BucketCount - 1 || _buckets[index].Contacts.Count < CapacityOf(index) || FindStale(index) >= 0;

    private int FindStale(int index)
    {
        Span<TableEntry> entries = _buckets[index].Contacts.Entries;
        for (int slot = 0; slot < entries.Length; slot++)
        {
            if (IsStale(entries[slot]))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Splits the last bucket while an id belongs there and it is full; the index of the id's bucket.</summary>
    private int SplitFor(NodeId id)
    {
        int last = BucketCount - 1;
        while (BucketIndexOf(id) == last && _buckets[last].Contacts.Count >= BucketSize)
        {
            _buckets = [.. _buckets, _buckets[last].SplitOff(Self)];
            last++;
        }

        return BucketIndexOf(id);
    }

    private void Attach(int index, TableEntry entry)
    {
        _buckets[index].Forget(entry.Contact.Id);
        bool reached = CountGroupsOf(entry.Contact);
        _buckets[index].Contacts.Insert(entry);
        Count++;
        if (reached)
        {
            DetachExcess();
        }
    }

    private void Detach(int index, int slot)
    {
        Contact contact = _buckets[index].Contacts.Entries[slot].Contact;
        _buckets[index].Contacts.RemoveAt(slot);
        Count--;
        UncountGroupsOf(contact);
    }

    private void Detach(Contact contact)
    {
        int index = BucketIndexOf(contact.Id);
        Detach(index, IndexOf(_buckets[index].Contacts, contact));
    }

    private bool DetachStale(int index)
    {
        int slot = FindStale(index);
        if (slot >= 0)
        {
            Detach(index, slot);
        }

        return slot >= 0;
    }

    /// <summary>Gives free places to replacements, from a bucket outward: a bucket that lost contacts makes room in those farther out.</summary>
    private void Refill(int from)
    {
        for (int index = from; index >= 0; index--)
        {
            KBucket bucket = _buckets[index];
            while (bucket.Replacements.Count > 0
                && bucket.Contacts.Count < CapacityOf(index)
                && TryGetEligible(index, out TableEntry replacement))
            {
                Attach(index, replacement);
            }
        }
    }

    private bool TryGetEligible(int index, out TableEntry replacement)
    {
        Span<TableEntry> replacements = _buckets[index].Replacements.Entries;
        for (int i = replacements.Length - 1; i >= 0; i--)
        {
            replacement = replacements[i];
            if (!TryGetObstacle(_buckets[index], replacement.Contact, out _) && !IsBarred(replacement.Contact, index))
            {
                return true;
            }
        }

        replacement = default;
        return false;
    }
}
