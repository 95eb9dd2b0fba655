using Kademlia.Records;

namespace Kademlia.Messages;

/// <summary>What is stored under a key, and who is closest to it?</summary>
/// <param name="Key">The key; records of another kind are not meant.</param>
/// <param name="Cursor">For an open key: where to begin among the answerer's records by writer id, modulo their number; the asker begins at random.</param>
/// <param name="IsWide">Whether more contacts are wanted than usual, since some of those asked do not answer.</param>
internal readonly record struct FindValueRequest(RecordKey Key, int Cursor, bool IsWide = false);

/// <summary>Records first, then contacts while they fit.</summary>
/// <remarks>
/// <see cref="Held"/> and <see cref="NewestSequence"/> are told even if no record fitted, so that the asker knows who
/// holds and asks again with the token that came with this reply.
/// </remarks>
internal readonly ref struct FindValueReply(RecordList records, int held, long newestSequence, ReadOnlySpan<Contact> contacts, bool more)
{
    /// <summary>The records that fitted.</summary>
    public RecordList Records { get; } = records;

    /// <summary>How many records the answerer holds under the key.</summary>
    public int Held { get; } = held;

    /// <summary>The greatest sequence among them; zero when there is none.</summary>
    public long NewestSequence { get; } = newestSequence;

    /// <summary>To be written: closest to the key first. Read: the closest first within each family, IPv4 before IPv6.</summary>
    public ReadOnlySpan<Contact> Contacts { get; } = contacts;

    /// <summary>Whether the answerer had further contacts that did not fit.</summary>
    public bool More { get; } = more;

    /// <summary>Whether the answerer holds something under the key and knows k nodes that are closer to it, where what is newer is put.</summary>
    public bool IsDisplaced { get; init; }
}
