namespace Kademlia.Records;

/// <summary>A record of ours that lacks its signature.</summary>
/// <remarks>
/// Signing takes some 40 µs and so happens off the node's lock: under the lock a draft is made, elsewhere
/// <see cref="Preimage"/> is signed, and back under the lock <see cref="Complete"/> makes the record.
/// </remarks>
internal sealed class RecordDraft
{
    private readonly Record _unsigned;

    private RecordDraft(in RecordView unsigned, ulong network)
    {
        ThrowIfTooLong(unsigned);
        Preimage = new byte[RecordPreimage.LengthOf(unsigned)];
        RecordPreimage.Write(unsigned, network, Preimage);
        _unsigned = new Record(unsigned);
    }

    /// <summary>Where the record will live.</summary>
    public RecordKey Key => _unsigned.Key;

    /// <summary>The signer's id.</summary>
    public NodeId Writer => _unsigned.Writer;

    /// <summary>What to sign: see <see cref="RecordPreimage"/>.</summary>
    public byte[] Preimage { get; }

    /// <summary>Makes a content record, which nobody signs.</summary>
    /// <exception cref="ArgumentException">The value is too long.</exception>
    public static Record Content(ReadOnlySpan<byte> value, long expirySeconds)
    {
        RecordView view = new(RecordKind.Content, SignatureAlgorithm.None, default, default, 0, false, expirySeconds, value, default);
        ThrowIfTooLong(view);
        return new Record(view);
    }

    /// <summary>Drafts a value under the signer's own key.</summary>
    /// <exception cref="ArgumentException">The salt or the value is too long.</exception>
    public static RecordDraft Owner(
        NodeIdentity signer, ulong network, ReadOnlySpan<byte> salt, long sequence, long expirySeconds, ReadOnlySpan<byte> value) =>
        new(Unsigned(RecordKind.Owner, signer, salt, sequence, false, expirySeconds, value), network);

    /// <summary>Drafts a value in the signer's slot under an open key.</summary>
    /// <exception cref="ArgumentException">The name or the value is too long.</exception>
    public static RecordDraft Open(
        NodeIdentity signer, ulong network, ReadOnlySpan<byte> name, long sequence, long expirySeconds, ReadOnlySpan<byte> value) =>
        new(Unsigned(RecordKind.Open, signer, name, sequence, false, expirySeconds, value), network);

    /// <summary>Drafts the deletion of what the signer wrote; for its expiry see <see cref="RecordExpiry.OfTombstone"/>.</summary>
    /// <param name="kind">Owner or open: content cannot be deleted.</param>
    /// <param name="signer">Who wrote the record.</param>
    /// <param name="network">The network's tag.</param>
    /// <param name="salt">The salt or the name.</param>
    /// <param name="sequence">The sequence of the deletion.</param>
    /// <param name="expirySeconds">When holders forget that there was a record.</param>
    /// <exception cref="ArgumentException">The salt or name is too long.</exception>
    public static RecordDraft Tombstone(
        RecordKind kind, NodeIdentity signer, ulong network, ReadOnlySpan<byte> salt, long sequence, long expirySeconds) =>
        kind == RecordKind.Content
            ? throw new ArgumentException("Nobody owns a content record, so nobody can delete it.", nameof(kind))
            : new(Unsigned(kind, signer, salt, sequence, true, expirySeconds, default), network);

    /// <summary>The record, once <see cref="Preimage"/> is signed.</summary>
    public Record Complete(ReadOnlySpan<byte> signature)
    {
        RecordView view = _unsigned.View;
        return new Record(new RecordView(
            view.Kind, view.Algorithm, view.PublicKey, view.Salt, view.Sequence, view.IsTombstone, view.ExpirySeconds, view.Value, signature));
    }

    private static RecordView Unsigned(
        RecordKind kind, NodeIdentity signer, ReadOnlySpan<byte> salt, long sequence, bool isTombstone, long expirySeconds, ReadOnlySpan<byte> value) =>
        new(kind, signer.Algorithm, signer.PublicKey.Span, salt, sequence, isTombstone, expirySeconds, value, default);

    private static void ThrowIfTooLong(in RecordView record)
    {
        if (record.Salt.Length > RecordKey.MaxNameLength)
        {
            throw new ArgumentException($"A name has at most {RecordKey.MaxNameLength} bytes; this has {record.Salt.Length}.");
        }

        int most = RecordShape.MaxValueLength(record.Kind);
        if (record.Value.Length > most)
        {
            throw new ArgumentException(
                $"A value has at most {most} bytes; this has {record.Value.Length}. "
                + "Split it, or store where it can be fetched.");
        }
    }
}
