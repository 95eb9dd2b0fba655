using Kademlia.Records;

namespace Kademlia.Messages;

/// <summary>Compare what we both should hold: a summary, or when it has entries, an offer of them. Needs a valid token.</summary>
internal readonly ref struct DigestRequest(int count, ulong sum, ReadOnlySpan<byte> entries)
{
    /// <summary>So many entries are offered at once.</summary>
    public const int MaxEntries = 48;

    /// <summary>Of a summary: how many records the asker has in the common responsibility.</summary>
    public int Count { get; } = count;

    /// <summary>Of a summary: the sum over their entries, keyed by the transaction.</summary>
    public ulong Sum { get; } = sum;

    /// <summary>Of an offer: the entries, <see cref="DigestEntry.Length"/> bytes each.</summary>
    public ReadOnlySpan<byte> Entries { get; } = entries;

    public bool IsSummary => Entries.IsEmpty;
}

/// <summary>How it compares.</summary>
internal readonly ref struct DigestReply(bool same, ReadOnlySpan<byte> wanted)
{
    /// <summary>The greatest length of <see cref="Wanted"/>.</summary>
    public const int MaxWantedLength = DigestRequest.MaxEntries / 8;

    /// <summary>Whether there is nothing to offer.</summary>
    public bool Same { get; } = same;

    /// <summary>A bit for each entry of an offer, the least significant of the first byte first: whether the record is wanted.</summary>
    public ReadOnlySpan<byte> Wanted { get; } = wanted;

    /// <summary>Whether the bit of an entry is set; one that is not there is not.</summary>
    public static bool IsWanted(ReadOnlySpan<byte> wanted, int entry) =>
        entry / 8 < wanted.Length && (wanted[entry / 8] & (1 << (entry % 8))) != 0;
}
