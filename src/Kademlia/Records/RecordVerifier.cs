using Kademlia.Identity;

namespace Kademlia.Records;

/// <summary>Decides whether a record is to be believed, the cheap questions first.</summary>
/// <remarks>
/// In order: <see cref="Examine"/> reads a few numbers; <see cref="Answers"/> hashes once, and only after it may a view be
/// copied into a <see cref="Record"/>; <see cref="IsSigned"/> takes some 280 µs of P-256 and so never runs under a node's lock.
/// Content is verified by its key alone. Safe from any thread.
/// </remarks>
/// <param name="scheme">How this network signs.</param>
/// <param name="network">The network's tag, which every signature covers.</param>
/// <param name="maxLifetimeSeconds">How far ahead an expiry may lie.</param>
internal sealed class RecordVerifier(
    SignatureScheme scheme, ulong network, long maxLifetimeSeconds = RecordExpiry.DefaultMaxLifetimeSeconds)
{
    /// <summary>Checks the shape and the expiry: all that is known without hashing. Takes any bytes.</summary>
    public RecordFault Examine(in RecordView record, long nowSeconds) =>
        !RecordShape.IsValid(record, scheme.Algorithm) ? RecordFault.Malformed
        : RecordExpiry.IsOver(record.ExpirySeconds, nowSeconds) ? RecordFault.Expired
        : RecordExpiry.IsTooFarAhead(record.ExpirySeconds, nowSeconds, maxLifetimeSeconds) ? RecordFault.TooFarAhead
        : RecordFault.None;

    /// <summary>Whether a record that was examined hashes to the key asked for.</summary>
    public static bool Answers(in RecordView record, RecordKey key) => record.Kind == key.Kind && record.ComputeKey() == key;

    /// <summary>Whether the writer signed a record that was examined. True for content.</summary>
    public bool IsSigned(in RecordView record)
    {
        if (record.Kind == RecordKind.Content)
        {
            return true;
        }

        int longest = RecordPreimage.LengthOf(record);
        Span<byte> preimage = longest <= RecordPreimage.MaxDatagramLength ? stackalloc byte[RecordPreimage.MaxDatagramLength] : new byte[longest];
        int length = RecordPreimage.Write(record, network, preimage);
        return scheme.Verify(record.PublicKey, preimage[..length], record.Signature);
    }

    /// <summary>All checks in one: for tests, tools and what was read from disk.</summary>
    public RecordFault Verify(in RecordView record, RecordKey key, long nowSeconds)
    {
        RecordFault fault = Examine(record, nowSeconds);
        return fault != RecordFault.None ? fault
            : !Answers(record, key) ? RecordFault.WrongKey
            : !IsSigned(record) ? RecordFault.BadSignature
            : RecordFault.None;
    }
}
