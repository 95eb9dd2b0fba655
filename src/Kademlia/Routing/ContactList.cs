namespace Kademlia.Routing;

/// <summary>Contacts that share a prefix, the least recently seen first.</summary>
/// <remarks>
/// Beside the contacts lie their heads, the 32 bits of each id that follow the shared prefix: what the hot path
/// reads to order them. Where heads tie, the whole distances decide.
/// </remarks>
/// <param name="prefixLength">How many leading bits the ids share.</param>
internal sealed class ContactList(int prefixLength)
{
    private const int GrowthStep = 4;

    private uint[] _heads = [];
    private TableEntry[] _entries = [];

    /// <summary>How many contacts there are.</summary>
    public int Count { get; private set; }

    /// <summary>The contacts, the least recently seen first.</summary>
    public Span<TableEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Where the contact with an id is; -1 when it is not here.</summary>
    public int IndexOf(NodeId id)
    {
        ReadOnlySpan<uint> heads = _heads.AsSpan(0, Count);
        uint head = HeadOf(id);
        int index = heads.IndexOf(head);
        while (index >= 0 && _entries[index].Contact.Id != id)
        {
            int next = heads[(index + 1)..].IndexOf(head);
            index = (next < 0) ? -1 : index + 1 + next;
        }

        return index;
    }

    /// <summary>Where the contact at an endpoint is; -1 when it is not here.</summary>
    public int IndexOf(PeerEndPoint endPoint)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Contact.EndPoint == endPoint)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Puts a contact where its time belongs: of equals, it is the last.</summary>
    public void Insert(TableEntry entry)
    {
        Reserve(Count + 1);
        int index = Count;
        while (index > 0 && _entries[index - 1].LastSeen > entry.LastSeen)
        {
            index--;
        }

        Array.Copy(_entries, index, _entries, index + 1, Count - index);
        Array.Copy(_heads, index, _heads, index + 1, Count - index);
        _entries[index] = entry;
        _heads[index] = HeadOf(entry.Contact.Id);
        Count++;
    }

    /// <summary>Takes a contact out.</summary>
    public void RemoveAt(int index)
    {
        Count--;
        Array.Copy(_entries, index + 1, _entries, index, Count - index);
        Array.Copy(_heads, index + 1, _heads, index, Count - index);
    }

    /// <summary>Makes a contact the most recently seen, with no failures.</summary>
    public void Refresh(int index, TimeSpan now)
    {
        TableEntry entry = _entries[index] with { LastSeen = now, LastTried = now, Failures = 0 };
        RemoveAt(index);
        Insert(entry);
    }

    /// <summary>Writes the contacts closest to a target, the closest first, and returns how many.</summary>
    public int CopyClosest(NodeId target, Span<Contact> destination)
    {
        DistanceOrder.Write(_heads, HeadOf(target), Entries, target, destination);
        return Math.Min(Count, destination.Length);
    }

    private uint HeadOf(NodeId id)
    {
        int offset = prefixLength & 63;
        (ulong high, ulong low) = (prefixLength >> 6) switch
        {
            0 => (id.Word0, id.Word1),
            1 => (id.Word1, id.Word2),
            2 => (id.Word2, id.Word3),
            _ => (id.Word3, 0UL),
        };

        // Two shifts, because a shift by 64 is none.
        return (uint)(((high << offset) | (low >> 1 >> (63 - offset))) >> 32);
    }

    private void Reserve(int count)
    {
        if (count > _entries.Length)
        {
            int capacity = _entries.Length + GrowthStep;
            Array.Resize(ref _entries, capacity);
            Array.Resize(ref _heads, DistanceOrder.PaddedLength(capacity));
        }
    }
}
