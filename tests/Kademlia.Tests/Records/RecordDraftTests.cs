using System.Text;
using Kademlia.Records;

namespace Kademlia.Tests.Records;

public class RecordDraftTests
{
    [Fact]
    public void The_signed_bytes_are_the_documented_ones()
    {
        byte[] key = new byte[64];
        key.AsSpan().Fill(0xaa);
        RecordView record = new(
            RecordKind.Owner, SignatureAlgorithm.EcdsaP256, key, "ab"u8, 258, true, 0x7000_0000, default, default);
        string[] expected =
        [
            "0000000f", Convert.ToHexStringLower("kademlia record"u8),
            "00000001", "02", // kind
            "00000001", "01", // algorithm
            "00000008", "0102030405060708", // network
            "00000040", Convert.ToHexStringLower(key),
            "00000002", "6162", // salt
            "00000008", "0000000000000102", // sequence
            "00000001", "01", // tombstone
            "00000008", "0000000070000000", // expiry
            "00000000", // value
        ];

        byte[] bytes = new byte[RecordPreimage.MaxDatagramLength];
        int length = RecordPreimage.Write(record, RecordSamples.Network, bytes);
        Assert.Equal(string.Concat(expected), Convert.ToHexStringLower(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void The_longest_record_fills_the_longest_preimage()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        RecordDraft draft = RecordDraft.Owner(samples.Identity, 1, new byte[64], 1, 1, new byte[768]);
        Assert.Equal(978, RecordPreimage.MaxDatagramLength);
        Assert.Equal(RecordPreimage.MaxDatagramLength, draft.Preimage.Length);
    }

    [Fact]
    public void A_draft_knows_its_key_and_writer_before_it_is_signed()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        RecordDraft draft = RecordDraft.Open(samples.Identity, 1, "topic"u8, 3, 4, "value"u8);
        Record record = samples.Complete(draft);

        Assert.Equal(RecordKey.ForName("topic"), draft.Key);
        Assert.Equal(samples.Identity.Id, draft.Writer);
        Assert.Equal((draft.Key, draft.Writer, 3L, 4L), (record.Key, record.Writer, record.Sequence, record.ExpirySeconds));
        Assert.Equal("value", Encoding.UTF8.GetString(record.Value.Span));
    }

    [Fact]
    public void What_is_too_long_is_refused_with_the_limit()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        NodeIdentity signer = samples.Identity;
        Assert.Contains("65536", Assert.Throws<ArgumentException>(() => RecordDraft.Content(new byte[65537], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("768", Assert.Throws<ArgumentException>(() => RecordDraft.Open(signer, 1, [], 1, 1, new byte[769])).Message, StringComparison.Ordinal);
        Assert.Contains("64", Assert.Throws<ArgumentException>(() => RecordDraft.Owner(signer, 1, new byte[65], 1, 1, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_deletes_content()
    {
        using RecordSamples samples = RecordSamples.Simulated;
        Assert.Throws<ArgumentException>(() => RecordDraft.Tombstone(RecordKind.Content, samples.Identity, 1, [], 1, 1));
    }

    [Fact]
    public void A_tombstone_outlives_what_it_deletes()
    {
        Assert.Equal(1_000 + 500, RecordExpiry.OfTombstone(nowSeconds: 1_000, maxLifetimeSeconds: 500, deletedExpirySeconds: 1_200));
        Assert.Equal(1_600, RecordExpiry.OfTombstone(nowSeconds: 1_000, maxLifetimeSeconds: 500, deletedExpirySeconds: 1_600));
    }
}
