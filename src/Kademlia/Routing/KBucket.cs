using System.Diagnostics;

namespace Kademlia.Routing;

/// <summary>The contacts in one range of the table, and those that wait for a place among them.</summary>
/// <param name="prefixLength">How many leading bits the ids of the range share with the table's own id.</param>
/// <param name="lastLookup">When a lookup last went into the range.</param>
[DebuggerDisplay("prefix {PrefixLength}: {Contacts.Count} contacts, {Replacements.Count} replacements")]
internal sealed class KBucket(int prefixLength, TimeSpan lastLookup)
{
    /// <summary>How many leading bits the ids of the range share with the table's own id.</summary>
    public int PrefixLength => prefixLength;

    /// <summary>The contacts.</summary>
    public ContactList Contacts { get; } = new(prefixLength);

    /// <summary>The replacement cache: contacts that answered when the bucket had no place for them.</summary>
    public ContactList Replacements { get; } = new(prefixLength);

    /// <summary>When a lookup last went into the range.</summary>
    public TimeSpan LastLookup { get; set; } = lastLookup;

    /// <summary>Contacts neither seen nor tried since then are to be verified again.</summary>
    public TimeSpan VerifyBefore { get; set; } = TimeSpan.MinValue;

    /// <summary>Makes a contact the newest replacement, in place of the oldest when there is no room.</summary>
    public void Cache(Contact contact, TimeSpan now, int capacity)
    {
        Forget(contact.Id);
        if (Replacements.Count >= capacity && Replacements.Count > 0)
        {
            Replacements.RemoveAt(0);
        }

        if (Replacements.Count < capacity)
        {
            Replacements.Insert(new TableEntry(contact, now));
        }
    }

    /// <summary>Takes an id out of the replacement cache, if it is there.</summary>
    public void Forget(NodeId id)
    {
        int index = Replacements.IndexOf(id);
        if (index >= 0)
        {
            Replacements.RemoveAt(index);
        }
    }

    /// <summary>Takes those that share one bit more with the table's own id into a bucket of their own.</summary>
    public KBucket SplitOff(NodeId self)
    {
        KBucket deeper = new(prefixLength + 1, LastLookup) { VerifyBefore = VerifyBefore };
        MoveDeeper(Contacts, deeper.Contacts, self);
        MoveDeeper(Replacements, deeper.Replacements, self);
        return deeper;
    }

    private void MoveDeeper(ContactList from, ContactList to, NodeId self)
    {
        for (int i = 0; i < from.Count;)
        {
            TableEntry entry = from.Entries[i];
            if (entry.Contact.Id.CommonPrefixLength(self) > prefixLength)
            {
                to.Insert(entry);
                from.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }
}
