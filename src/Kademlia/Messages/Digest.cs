using Kademlia.Records;

namespace Kademlia.Messages;

/// <summary>Compare what we both should hold: a summary, or when it has entries, an offer of them, or else a sketch of many. Needs a valid token.</summary>
internal readonly ref struct DigestRequest(int count, ulong sum, ReadOnlySpan<byte> entries, ReadOnlySpan<byte> sketch = default)
{
    /// <summary>So many entries are offered at once.</summary>
    public const int MaxEntries = 48;

    /// <summary>Of so many records a sketch tells at once.</summary>
    public const int MaxSketched = 240;

    /// <summary>What a sketch has of a record.</summary>
    public const int SketchedLength = sizeof(uint);

    /// <summary>Of a summary: how many records the asker has in the common responsibility.</summary>
    public int Count { get; } = count;

    /// <summary>Of a summary: the sum over their entries, keyed by the transaction.</summary>
    public ulong Sum { get; } = sum;

    /// <summary>Of an offer: the entries, <see cref="DigestEntry.Length"/> bytes each.</summary>
    public ReadOnlySpan<byte> Entries { get; } = entries;

    /// <summary>Whether the asker knows sketches, as a summary tells.</summary>
    public bool KnowsSketches { get; init; }

    /// <summary>Of a sketch: <see cref="SketchedLength"/> bytes for each record, keyed by the transaction.</summary>
    public ReadOnlySpan<byte> Sketch { get; } = sketch;

    public bool IsOffer => !Entries.IsEmpty;

    public bool IsSummary => Entries.IsEmpty && Sketch.IsEmpty;
}

/// <summary>How it compares.</summary>
internal readonly ref struct DigestReply(bool same, ReadOnlySpan<byte> wanted)
{
    /// <summary>The greatest length of <see cref="Lacked"/>.</summary>
    public const int MaxLackedLength = DigestRequest.MaxSketched / 8;

    /// <summary>The greatest length of <see cref="Wanted"/>.</summary>
    public const int MaxWantedLength = DigestRequest.MaxEntries / 8;

    /// <summary>The reply of one that knows sketches.</summary>
    public DigestReply(bool same, ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> lacked)
        : this(same, wanted)
    {
        KnowsSketches = true;
        Lacked = lacked;
    }

    /// <summary>Whether there is nothing to offer.</summary>
    public bool Same { get; } = same;

    /// <summary>A bit for each entry of an offer, the least significant of the first byte first: whether the record is wanted.</summary>
    public ReadOnlySpan<byte> Wanted { get; } = wanted;

    /// <summary>Whether the answerer knows sketches.</summary>
    public bool KnowsSketches { get; }

    /// <summary>A bit for each record of a sketch, as in <see cref="Wanted"/>: whether it is not held.</summary>
    public ReadOnlySpan<byte> Lacked { get; }

    /// <summary>Whether the bit of a record is set; one that is not there is not.</summary>
    public static bool IsSet(ReadOnlySpan<byte> bits, int record) =>
        record / 8 < bits.Length && (bits[record / 8] & (1 << (record % 8))) != 0;
}
