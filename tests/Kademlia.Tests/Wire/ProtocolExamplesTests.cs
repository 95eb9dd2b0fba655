using System.Buffers.Binary;
using System.Security.Cryptography;
using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>
/// The examples of PROTOCOL.md are true: they are the golden bytes of the format, with each field commented.
/// They were made from the text alone, with another MessagePack and another cryptographic library.
/// </summary>
public class ProtocolExamplesTests
{
    private const string Path = "src/Kademlia/Wire/PROTOCOL.md";

    private static readonly Dictionary<string, string> Blocks = ReadBlocks();
    private static readonly Codec Codec = WireSamples.Codec;
    private static readonly PeerEndPoint EndPointA = PeerEndPoint.Parse("192.0.2.1:7411");

    public static TheoryData<string> MessageNames => [.. Blocks.Keys.Where(name => name.StartsWith("message ", StringComparison.Ordinal))];

    private static NodeId IdA => new(Named("identity")["id A"]);

    private static NodeId IdB => new(Named("identity")["id B"]);

    [Fact]
    public void There_is_an_example_of_every_message()
    {
        IEnumerable<MessageKind> shown = Blocks.Where(block => block.Key.StartsWith("message ", StringComparison.Ordinal)).Select(block =>
        {
            Codec.TryReadEnvelope(WireText.ParseHex(block.Value), out Envelope envelope, out _);
            return envelope.Kind;
        });
        Assert.Equal(WireSamples.Kinds.Order(), shown.Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(MessageNames))]
    public void Every_message_is_read_and_written_as_shown(string name)
    {
        byte[] datagram = WireText.ParseHex(Blocks[name]);
        Assert.Equal(DecodeOutcome.Ok, Codec.TryReadEnvelope(datagram, out Envelope envelope, out _));
        Assert.Equal(envelope.IsReply ? IdB : IdA, envelope.Sender);
        Assert.Equal(0xa1a2a3a4a5a6a7a8, envelope.Transaction);
        Assert.Equal(datagram, Rewriter.Rewrite(datagram).ToArray());
    }

    [Fact]
    public void The_find_node_reply_says_what_its_comments_say()
    {
        DecodeScratch scratch = new();
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message find_node reply"]), out Envelope envelope, out ReadOnlySpan<byte> body);
        Assert.Equal(new AddressToken(0x7172737475767778), envelope.Token);
        Assert.Equal(EndPointA, envelope.Observed);
        Assert.True(Codec.TryRead(body, scratch, out FindNodeReply reply));
        Assert.True(reply.More);
        Assert.Equal(
            ["198.51.100.1:7411", "203.0.113.1:7412", "[2001:db8::1]:7411"],
            reply.Contacts.ToArray().Select(contact => contact.EndPoint.ToString()));
    }

    [Fact]
    public void The_find_node_with_marks_says_what_its_comments_say()
    {
        DecodeScratch scratch = new();
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message find_node reply"]), out _, out ReadOnlySpan<byte> body);
        Assert.True(Codec.TryRead(body, scratch, out FindNodeReply reply));
        Contact[] contacts = reply.Contacts.ToArray();
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message find_node: marks"]), out Envelope envelope, out body);
        Assert.True(Codec.TryRead(body, out FindNodeRequest request));
        Assert.Equal(ContactMarks.Write([contacts[0], contacts[2]], envelope.Transaction, new byte[4]), request.Known);
        Contact second = contacts[1];
        Assert.Equal(1, ContactMarks.LeaveOut(request.Known, envelope.Transaction, contacts));
        Assert.Equal(second, contacts[0]);
    }

    [Fact]
    public void The_stored_tombstone_says_what_its_comments_say()
    {
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message store"]), out _, out ReadOnlySpan<byte> body);
        Assert.True(Codec.TryRead(body, out StoreRequest request));
        Assert.Equal(StorePurpose.Put, request.Purpose);
        Assert.Equal(1799913600000, request.ExpectedSequence);
        Assert.Equal(1799913600001, request.Record.Sequence);
        Assert.True(request.Record.IsTombstone);
        Assert.Equal(1800086400, request.Record.ExpirySeconds);
        Assert.Equal(Named("keys")["owner key"], request.Record.ComputeKey().Hash.ToByteArray());
    }

    [Fact]
    public void The_digests_stand_for_the_record_in_the_find_value_reply()
    {
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message find_value reply"]), out _, out ReadOnlySpan<byte> body);
        Assert.True(Codec.TryRead(body, new DecodeScratch(), out FindValueReply value));
        DigestEntry entry = DigestEntry.Of(RecordHead.Of(new Record(value.Records[0])));
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message digest: offer"]), out _, out body);
        Assert.True(Codec.TryRead(body, out DigestRequest offer));
        Assert.Equal(entry, DigestEntry.Read(offer.Entries));
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message digest: sketch"]), out Envelope envelope, out body);
        Assert.True(Codec.TryRead(body, out DigestRequest sketch));
        Assert.Equal(Digests.Sketch([entry], envelope.Transaction, new byte[DigestRequest.SketchedLength]), sketch.Sketch);
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message digest"]), out envelope, out body);
        Assert.True(Codec.TryRead(body, out DigestRequest summary));
        Assert.Equal((1, Digests.Sum([entry], envelope.Transaction)), (summary.Count, summary.Sum));
    }

    [Fact]
    public void The_network_hash_is_as_shown()
    {
        byte[] hash = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(hash, NetworkTag.Of("kademlia"));
        Assert.Equal(Named("network hash")["network"], hash);
    }

    [Fact]
    public void The_keys_are_as_shown()
    {
        Dictionary<string, byte[]> keys = Named("keys");
        byte[] publicKey = Named("identity")["public key A"];
        Assert.Equal(keys["content key"], RecordKey.ForContent(keys["content value"]).Hash.ToByteArray());
        Assert.Equal(keys["owner key"], RecordKey.ForOwner(publicKey, "greeting").Hash.ToByteArray());
        Assert.Equal(keys["open key"], RecordKey.ForName("topic").Hash.ToByteArray());
        Assert.Equal("greeting"u8, keys["owner salt"]);
        Assert.Equal(Named("identity")["id A"], SHA256.HashData(publicKey));
    }

    [Fact]
    public void The_announcement_is_written_and_read_as_shown()
    {
        byte[] shown = Named("announcement")["value"];
        PeerEndPoint[] endPoints = [EndPointA, PeerEndPoint.Parse("[2001:db8::1]:7411")];
        Assert.Equal(shown, AnnouncementFormat.Write(endPoints));
        Assert.True(AnnouncementFormat.TryRead(shown, out PeerEndPoint[] read));
        Assert.Equal(endPoints, read);
    }

    [Fact]
    public void The_record_in_the_find_value_reply_is_signed_as_shown()
    {
        Dictionary<string, byte[]> shown = Named("record signature");
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message find_value reply"]), out _, out ReadOnlySpan<byte> body);
        Assert.True(Codec.TryRead(body, new DecodeScratch(), out FindValueReply reply));
        RecordView record = reply.Records[0];
        byte[] signed = Tuple(
            "kademlia record"u8.ToArray(), [(byte)record.Kind], [(byte)record.Algorithm], Named("network hash")["network"],
            record.PublicKey.ToArray(), record.Salt.ToArray(), Number(record.Sequence), [record.IsTombstone ? (byte)1 : (byte)0],
            Number(record.ExpirySeconds), record.Value.ToArray());
        Assert.Equal(shown["signed"], signed);
        Assert.Equal(shown["signature"], record.Signature.ToArray());
        Assert.True(Verifies(Named("identity")["public key A"], signed, shown["signature"]));
    }

    [Fact]
    public void The_proof_is_signed_as_shown()
    {
        Dictionary<string, byte[]> shown = Named("proof signature");
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message prove"]), out Envelope asked, out ReadOnlySpan<byte> body);
        Assert.True(Codec.TryRead(body, out ProveRequest request));
        Assert.Equal(EndPointA, request.Dialled);
        Codec.TryReadEnvelope(WireText.ParseHex(Blocks["message prove reply"]), out Envelope answered, out body);
        Assert.True(Codec.TryRead(body, out ProveReply reply));
        byte[] dialled = new byte[EndPointFormat.LengthOf(request.Dialled)];
        EndPointFormat.Write(request.Dialled, dialled);
        byte[] signed = Tuple(
            "kademlia proof"u8.ToArray(), Named("network hash")["network"], request.Nonce.ToArray(),
            asked.Sender.ToByteArray(), answered.Sender.ToByteArray(), dialled);
        Assert.Equal(shown["signed"], signed);
        Assert.Equal(answered.Sender.ToByteArray(), SHA256.HashData(reply.PublicKey));
        Assert.True(Verifies(reply.PublicKey.ToArray(), signed, reply.Signature.ToArray()));
    }

    [Theory]
    [InlineData("input4", "token4", "192.0.2.1:7411")]
    [InlineData("input6", "token6", "[2001:db8::1]:7411")]
    public void The_token_is_as_shown(string input, string token, string endPoint)
    {
        Dictionary<string, byte[]> shown = Named("token");
        PeerEndPoint peer = PeerEndPoint.Parse(endPoint);
        byte[] bytes = new byte[EndPointFormat.LengthOf(peer)];
        EndPointFormat.Write(peer, bytes);
        Assert.Equal(shown[input].AsEnumerable(), bytes.Concat(IdA.ToByteArray()));
        ulong key0 = BinaryPrimitives.ReadUInt64LittleEndian(shown["secret"]);
        ulong key1 = BinaryPrimitives.ReadUInt64LittleEndian(shown["secret"].AsSpan(8));
        Assert.Equal(BinaryPrimitives.ReadUInt64BigEndian(shown[token]), SipHash.Hash(key0, key1, shown[input]));
    }

    [Fact]
    public void The_frames_are_as_shown()
    {
        Dictionary<string, byte[]> shown = Named("frames");
        Record hello = RecordDraft.Content("hello"u8, 0x6b49d200);
        Check("find_value", Frame.Write(new FindValueRequest(hello.Key, 0)));
        Check("find_value reply", Frame.Write(new FindValueReply(new RecordList([hello]), 1, 0, [], more: false)));
        Check("unsupported", Frame.WriteUnsupported());

        void Check(string name, ReadOnlyMemory<byte> frame)
        {
            Assert.Equal((uint)frame.Length, BinaryPrimitives.ReadUInt32BigEndian(shown[name]));
            Assert.Equal(shown[name][Frame.PrefixLength..], frame.ToArray());
        }
    }

    [Fact]
    public void The_sealed_datagram_is_as_shown()
    {
        Dictionary<string, byte[]> shown = Named("sealed");
        byte[] ping = WireText.ParseHex(Blocks["message ping"]);
        ulong network = NetworkTag.Of("kademlia");
        using Sealer sender = new(shown["network key"], network, BinaryPrimitives.ReadUInt64BigEndian(shown["boot id"]));
        byte[] datagram = new byte[ping.Length + Sealer.Overhead];
        sender.Seal(ping, datagram);
        Assert.Equal(datagram.Length, sender.Seal(ping, datagram));
        Assert.Equal(shown["datagram"], datagram);

        using Sealer receiver = new(shown["network key"], network, 1);
        byte[] plain = new byte[Codec.MaxMessageLength];
        Assert.Equal(SealOutcome.Ok, receiver.TryOpen(datagram, plain, out int length));
        Assert.Equal(ping, plain[..length]);
    }

    private static byte[] Tuple(params byte[][] fields)
    {
        List<byte> bytes = [];
        foreach (byte[] field in fields)
        {
            byte[] length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
            bytes.AddRange(length);
            bytes.AddRange(field);
        }

        return [.. bytes];
    }

    private static byte[] Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static bool Verifies(byte[] publicKey, byte[] data, byte[] signature)
    {
        using ECDsa key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = publicKey[..32], Y = publicKey[32..] },
        });
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256);
    }

    private static Dictionary<string, byte[]> Named(string block)
    {
        Dictionary<string, string> texts = [];
        string name = "";
        foreach (string line in Blocks[$"bytes {block}"].Split('\n'))
        {
            string[] halves = line.Split(" = ");
            name = halves.Length == 2 ? halves[0] : name;
            texts[name] = texts.GetValueOrDefault(name) + " " + halves[^1];
        }

        return texts.ToDictionary(text => text.Key, text => WireText.ParseHex(text.Value));
    }

    private static Dictionary<string, string> ReadBlocks()
    {
        Dictionary<string, string> blocks = [];
        string? name = null;
        foreach (string line in WireText.ReadRepositoryFile(Path))
        {
            bool isFence = line.StartsWith("```", StringComparison.Ordinal);
            if (name is not null && !isFence)
            {
                blocks[name] += blocks[name].Length == 0 ? line : "\n" + line;
            }

            name = !isFence ? name : name is null ? line[3..] : null;
            if (isFence && name is not null)
            {
                blocks[name] = "";
            }
        }

        return blocks;
    }
}
