using Kademlia.Records;

namespace Kademlia.Tests.Records;

/// <summary>A record's fields, each open to tampering.</summary>
internal sealed record RecordFields(
    RecordKind Kind,
    SignatureAlgorithm Algorithm,
    byte[] PublicKey,
    byte[] Salt,
    long Sequence,
    bool IsTombstone,
    long ExpirySeconds,
    byte[] Value,
    byte[] Signature)
{
    public RecordView View => new(Kind, Algorithm, PublicKey, Salt, Sequence, IsTombstone, ExpirySeconds, Value, Signature);

    public static RecordFields Of(Record record) => new(
        record.Kind,
        record.Algorithm,
        record.PublicKey.ToArray(),
        record.Salt.ToArray(),
        record.Sequence,
        record.IsTombstone,
        record.ExpirySeconds,
        record.Value.ToArray(),
        record.Signature.ToArray());

    /// <summary>Every record that differs from this one in a single bit of a single field.</summary>
    public IEnumerable<RecordFields> Tampered() =>
        Enumerable.Range(0, 256).Select(kind => this with { Kind = (RecordKind)kind })
            .Concat(Enumerable.Range(0, 256).Select(algorithm => this with { Algorithm = (SignatureAlgorithm)algorithm }))
            .Where(fields => fields != this)
            .Concat(Flip(PublicKey).Select(bytes => this with { PublicKey = bytes }))
            .Concat(Flip(Salt).Select(bytes => this with { Salt = bytes }))
            .Concat(Flip(Value).Select(bytes => this with { Value = bytes }))
            .Concat(Flip(Signature).Select(bytes => this with { Signature = bytes }))
            .Concat(Enumerable.Range(0, 64).Select(bit => this with { Sequence = Sequence ^ (1L << bit) }))
            .Concat(Enumerable.Range(0, 64).Select(bit => this with { ExpirySeconds = ExpirySeconds ^ (1L << bit) }))
            .Append(this with { IsTombstone = !IsTombstone });

    private static IEnumerable<byte[]> Flip(byte[] bytes) => Enumerable.Range(0, bytes.Length * 8).Select(bit =>
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    });
}
