namespace Kademlia.Records;

/// <summary>The records of a message: slices of a received datagram, or records about to be written into one.</summary>
internal readonly ref struct RecordList
{
    private readonly ReadOnlySpan<byte> _datagram;
    private readonly ReadOnlySpan<RecordSlices> _slices;
    private readonly ReadOnlySpan<Record> _records;

    /// <summary>Received records: <paramref name="slices"/> say where each lies in <paramref name="datagram"/>.</summary>
    public RecordList(ReadOnlySpan<byte> datagram, ReadOnlySpan<RecordSlices> slices)
    {
        _datagram = datagram;
        _slices = slices;
    }

    /// <summary>Records to be written.</summary>
    public RecordList(ReadOnlySpan<Record> records) => _records = records;

    public int Count => _slices.Length + _records.Length;

    public RecordView this[int index] => _slices.IsEmpty ? _records[index].View : _slices[index].On(_datagram);
}

/// <summary>Where the fields of one record lie in a datagram, and what the fixed ones are.</summary>
internal readonly record struct RecordSlices(
    RecordKind Kind,
    SignatureAlgorithm Algorithm,
    Range PublicKey,
    Range Salt,
    long Sequence,
    bool IsTombstone,
    long ExpirySeconds,
    Range Value,
    Range Signature)
{
    public RecordView On(ReadOnlySpan<byte> datagram) => new(
        Kind, Algorithm, datagram[PublicKey], datagram[Salt], Sequence, IsTombstone, ExpirySeconds, datagram[Value], datagram[Signature]);
}
