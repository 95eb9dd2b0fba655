namespace Kademlia.Routing;

// How much one operator of addresses counts. Groups are counted by a walk over the table: contacts come and go rarely,
// and an index of groups would cost a third of the table's memory.
public sealed partial class RoutingTable
{
    private int _groups;
    private int _wideGroups;

    private bool GroupLimitsApply => _groups >= BucketSize;

    private bool WideLimitApplies => _wideGroups >= BucketSize;

    private bool IsLimited(Contact contact) => AddressGroup.IsLimited(contact.EndPoint, _options.LimitLocalGroups);

    private bool IsLimitedWidely(Contact contact) => !contact.EndPoint.IsIPv4 && IsLimited(contact);

    /// <summary>Whether the limits keep a new contact out.</summary>
    private bool IsBarred(Contact contact, int index)
    {
        AddressGroup group = AddressGroup.Of(contact.EndPoint);
        return (GroupLimitsApply
                && IsLimited(contact)
                && (CountIn(_buckets[index], group) >= _options.MaxPerGroupInBucket || CountOf(group) >= _options.MaxPerGroupInTable))
            || (WideLimitApplies
                && IsLimitedWidely(contact)
                && CountOfWide(AddressGroup.WideOf(contact.EndPoint)) >= _options.MaxPerWideGroupInTable);
    }

    /// <summary>Counts the groups of a contact that is about to come; true when limits begin to apply with it.</summary>
    private bool CountGroupsOf(Contact contact)
    {
        bool isNew = IsLimited(contact) && CountOf(AddressGroup.Of(contact.EndPoint)) == 0;
        bool isNewWide = IsLimitedWidely(contact) && CountOfWide(AddressGroup.WideOf(contact.EndPoint)) == 0;
        _groups += isNew ? 1 : 0;
        _wideGroups += isNewWide ? 1 : 0;
        return (isNew && _groups == BucketSize) || (isNewWide && _wideGroups == BucketSize);
    }

    /// <summary>Counts the groups of a contact that has left.</summary>
    private void UncountGroupsOf(Contact contact)
    {
        _groups -= IsLimited(contact) && CountOf(AddressGroup.Of(contact.EndPoint)) == 0 ? 1 : 0;
        _wideGroups -= IsLimitedWidely(contact) && CountOfWide(AddressGroup.WideOf(contact.EndPoint)) == 0 ? 1 : 0;
    }

    /// <summary>Takes out what is over the limits, the least recently seen first.</summary>
    private void DetachExcess()
    {
        foreach (Contact contact in ToArray())
        {
            int index = BucketIndexOf(contact.Id);
            AddressGroup group = AddressGroup.Of(contact.EndPoint);
            AddressGroup wideGroup = AddressGroup.WideOf(contact.EndPoint);
            if (GroupLimitsApply && IsLimited(contact))
            {
                DetachOldest(CountIn(_buckets[index], group) - _options.MaxPerGroupInBucket, index, index, AddressGroup.Of, group);
                DetachOldest(CountOf(group) - _options.MaxPerGroupInTable, 0, BucketCount - 1, AddressGroup.Of, group);
            }

            if (WideLimitApplies && IsLimitedWidely(contact))
            {
                DetachOldest(CountOfWide(wideGroup) - _options.MaxPerWideGroupInTable, 0, BucketCount - 1, AddressGroup.WideOf, wideGroup);
            }
        }
    }

    private void DetachOldest(int excess, int first, int last, Func<PeerEndPoint, AddressGroup> groupOf, AddressGroup group)
    {
        for (; excess > 0; excess--)
        {
            (int Index, int Slot, TimeSpan Seen) oldest = (-1, -1, TimeSpan.MaxValue);
            for (int index = first; index <= last; index++)
            {
                int slot = FirstOf(_buckets[index], groupOf, group);
                if (slot >= 0 && _buckets[index].Contacts.Entries[slot].LastSeen < oldest.Seen)
                {
                    oldest = (index, slot, _buckets[index].Contacts.Entries[slot].LastSeen);
                }
            }

            Detach(oldest.Index, oldest.Slot);
        }
    }

    private static int FirstOf(KBucket bucket, Func<PeerEndPoint, AddressGroup> groupOf, AddressGroup group)
    {
        Span<TableEntry> entries = bucket.Contacts.Entries;
        for (int slot = 0; slot < entries.Length; slot++)
        {
            if (groupOf(entries[slot].Contact.EndPoint) == group)
            {
                return slot;
            }
        }

        return -1;
    }

    private static int CountIn(KBucket bucket, AddressGroup group)
    {
        int count = 0;
        foreach (ref TableEntry entry in bucket.Contacts.Entries)
        {
            count += AddressGroup.Of(entry.Contact.EndPoint) == group ? 1 : 0;
        }

        return count;
    }

    private int CountOf(AddressGroup group)
    {
        int count = 0;
        foreach (KBucket bucket in _buckets)
        {
            count += CountIn(bucket, group);
        }

        return count;
    }

    private int CountOfWide(AddressGroup wideGroup)
    {
        int count = 0;
        foreach (KBucket bucket in _buckets)
        {
            foreach (ref TableEntry entry in bucket.Contacts.Entries)
            {
                count += AddressGroup.WideOf(entry.Contact.EndPoint) == wideGroup ? 1 : 0;
            }
        }

        return count;
    }
}
