using System.Diagnostics;

namespace Kademlia.Routing;

// What holds after every call, as code.
public sealed partial class RoutingTable
{
    /// <summary>Names an invariant that does not hold; null when all hold.</summary>
    internal string? FindFault()
    {
        Contact[] contacts = ToArray();
        return _buckets.Sum(bucket => bucket.Contacts.Count) != Count ? "the count is not the sum of the buckets"
            : HasTwice(contacts, contact => contact.EndPoint) ? "an endpoint is in the table twice"
            : FindGroupFault(contacts) ?? Enumerable.Range(0, BucketCount).Select(FindFault).FirstOrDefault(fault => fault is not null);
    }

    /// <summary>Checks what must hold between any two calls.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    internal void AssertInvariants()
    {
        string? fault = FindFault();
        Invariant.Require(fault is null, $"no fault is in the table, but {fault}");
    }

    [Conditional("DEBUG")]
    private void AssertInDebug() => AssertInvariants();

    private string? FindFault(int index)
    {
        KBucket bucket = _buckets[index];
        int capacity = index == BucketCount - 1 ? BucketSize : NearbyFactor * BucketSize;
        return bucket.PrefixLength != index ? "a bucket is out of its place"
            : bucket.Contacts.Count > capacity ? "a bucket is too full"
            : bucket.Replacements.Count > _options.ReplacementsPerBucket ? "a replacement cache is too full"
            : FindFault(bucket.Contacts, index) ?? FindFault(bucket.Replacements, index);
    }

    private string? FindFault(ContactList list, int index)
    {
        TimeSpan last = TimeSpan.MinValue;
        foreach (TableEntry entry in list.Entries)
        {
            if (entry.Contact.Id == Self || BucketIndexOf(entry.Contact.Id) != index)
            {
                return "a contact is in a wrong bucket";
            }

            if (entry.LastSeen < last)
            {
                return "contacts are not in the order in which they were seen";
            }

            last = entry.LastSeen;
        }

        return HasTwice(ContactsOf(list), contact => contact.Id) ? "an id is in a bucket twice" : null;
    }

    private string? FindGroupFault(Contact[] contacts)
    {
        (int groups, int most) = Census(contacts, IsLimited, AddressGroup.Of);
        (int wideGroups, int mostWide) = Census(contacts, IsLimitedWidely, AddressGroup.WideOf);
        return groups != _groups || wideGroups != _wideGroups ? "address groups are miscounted"
            : GroupLimitsApply && most > _options.MaxPerGroupInTable ? "an address group is over its limit in the table"
            : WideLimitApplies && mostWide > _options.MaxPerWideGroupInTable ? "a wide address group is over its limit"
            : GroupLimitsApply && _buckets.Any(IsOverLimit) ? "an address group is over its limit in a bucket"
            : null;
    }

    private bool IsOverLimit(KBucket bucket) =>
        Census(ContactsOf(bucket.Contacts), IsLimited, AddressGroup.Of).Most > _options.MaxPerGroupInBucket;

    private static (int Groups, int Most) Census(
        Contact[] contacts, Func<Contact, bool> isLimited, Func<PeerEndPoint, AddressGroup> groupOf)
    {
        Dictionary<AddressGroup, int> counts = [];
        foreach (Contact contact in contacts.Where(isLimited))
        {
            AddressGroup group = groupOf(contact.EndPoint);
            counts[group] = counts.GetValueOrDefault(group) + 1;
        }

        return (counts.Count, counts.Values.DefaultIfEmpty().Max());
    }

    private static bool HasTwice<T>(Contact[] contacts, Func<Contact, T> key) =>
        contacts.Select(key).ToHashSet().Count != contacts.Length;

    private static Contact[] ContactsOf(ContactList list)
    {
        Contact[] contacts = new Contact[list.Count];
        for (int i = 0; i < contacts.Length; i++)
        {
            contacts[i] = list.Entries[i].Contact;
        }

        return contacts;
    }
}
