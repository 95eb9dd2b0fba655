using Kademlia.Identity;
using Kademlia.Records;

namespace Kademlia.Tests.Records;

/// <summary>A signed world with its records.</summary>
internal sealed class RecordSamples : IDisposable
{
    public const ulong Network = 0x0102_0304_0506_0708;
    public const long Now = 1_900_000_000;
    public const long Expiry = Now + 3600;

    public RecordSamples(SignatureScheme scheme)
    {
        Scheme = scheme;
        Identity = scheme.CreateIdentity();
        Verifier = new RecordVerifier(scheme, Network);
    }

    public SignatureScheme Scheme { get; }

    public NodeIdentity Identity { get; }

    public RecordVerifier Verifier { get; }

    public static RecordSamples Simulated => new(new KeyedHashScheme(new Random(1)));

    public static Record Content(string value = "hello", long expiry = Expiry) => RecordDraft.Content(Utf8(value), expiry);

    public Record Owner(string value = "hello", long sequence = 5, string salt = "greeting", long expiry = Expiry) =>
        Complete(RecordDraft.Owner(Identity, Network, Utf8(salt), sequence, expiry, Utf8(value)));

    public Record Open(string value = "hello", long sequence = 5, string name = "topic", long expiry = Expiry) =>
        Complete(RecordDraft.Open(Identity, Network, Utf8(name), sequence, expiry, Utf8(value)));

    public Record Tombstone(RecordKind kind = RecordKind.Owner, long sequence = 5, string salt = "greeting", long expiry = Expiry) =>
        Complete(RecordDraft.Tombstone(kind, Identity, Network, Utf8(salt), sequence, expiry));

    public RecordFault Verify(in RecordView view, RecordKey key) => Verifier.Verify(view, key, Now);

    public Record Complete(RecordDraft draft) => draft.Complete(Identity.Sign(draft.Preimage));

    public void Dispose() => Identity.Dispose();

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
