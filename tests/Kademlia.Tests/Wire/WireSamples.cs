using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>Draws valid messages from a seed, and every so often the longest or the shortest of a thing.</summary>
internal sealed class WireSamples(int seed)
{
    public static readonly MessageKind[] Kinds =
    [
        .. Enumerable.Range(1, 9).Select(kind => (MessageKind)kind),
        .. Enumerable.Range(1, 9).Select(kind => (MessageKind)kind | MessageKind.Reply),
        MessageKind.Unsupported,
        MessageKind.Retry,
    ];

    private readonly Random _random = new(seed);

    public static Codec Codec { get; } = new(NetworkTag.Of("kademlia"));

    public NodeId Id() => NodeId.Random(_random);

    public bool Coin() => _random.Next(2) == 0;

    public byte[] Bytes(int max)
    {
        byte[] bytes = new byte[_random.Next(4) switch { 0 => 0, 1 => max, _ => _random.Next(max + 1) }];
        _random.NextBytes(bytes);
        return bytes;
    }

    public byte[] Exactly(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    public long Number(long max) => _random.Next(4) switch
    {
        0 => 0,
        1 => max,
        2 => _random.NextInt64(int.Min(300, (int)long.Min(max, int.MaxValue)) + 1),
        _ => _random.NextInt64(max),
    };

    public PeerEndPoint EndPoint() => new(Exactly(Coin() ? 4 : 16), (ushort)_random.Next(ushort.MaxValue + 1));

    public Contact[] Contacts(int max) => [.. Enumerable.Range(0, _random.Next(max + 1)).Select(_ => new Contact(Id(), EndPoint()))];

    public Envelope Envelope(MessageKind kind) => new(
        kind,
        (ulong)_random.NextInt64(),
        Id(),
        (SenderFlags)_random.Next(4),
        kind != MessageKind.Retry && Coin() ? AddressToken.None : new AddressToken((ulong)_random.NextInt64(1, long.MaxValue)),
        (kind & MessageKind.Reply) != 0 ? EndPoint() : default);

    public Record Record(int maxValue = Kademlia.Record.MaxDatagramValueLength)
    {
        long expiry = Number(RecordFormat.MaxSeconds);
        if (_random.Next(3) == 0)
        {
            return new Record(new RecordView(RecordKind.Content, SignatureAlgorithm.None, [], [], 0, false, expiry, Bytes(maxValue), []));
        }

        bool isTombstone = _random.Next(4) == 0;
        return new Record(new RecordView(
            Coin() ? RecordKind.Owner : RecordKind.Open,
            Coin() ? SignatureAlgorithm.EcdsaP256 : SignatureAlgorithm.KeyedHash,
            Exactly(NodeIdentity.PublicKeyLength),
            Bytes(RecordKey.MaxNameLength),
            Number(long.MaxValue),
            isTombstone,
            expiry,
            isTombstone ? [] : Bytes(maxValue),
            Exactly(NodeIdentity.SignatureLength)));
    }

    /// <summary>A datagram with a message of a kind.</summary>
    public byte[] Datagram(MessageKind kind)
    {
        Span<byte> buffer = new byte[Codec.MaxMessageLength];
        Envelope envelope = Envelope(kind);
        int padded = _random.Next(3) == 0 ? _random.Next(Codec.MaxMessageLength + 1) : 0;
        int length = kind switch
        {
            MessageKind.Ping => Codec.WritePing(buffer, envelope, padded),
            MessageKind.FindNode => Codec.Write(buffer, envelope, new FindNodeRequest(Id(), (AddressFamilies)_random.Next(4)), padded),
            MessageKind.FindValue => Codec.Write(buffer, envelope, new FindValueRequest(Record().Key, (int)Number(int.MaxValue), Coin()), padded),
            MessageKind.Store => Codec.Write(
                buffer, envelope, new StoreRequest((StorePurpose)_random.Next(3), Record().View, Number(long.MaxValue) - 1), padded),
            MessageKind.Prove => Codec.Write(buffer, envelope, new ProveRequest(Exactly(ProveRequest.NonceLength), EndPoint(), Token()), padded),
            MessageKind.Talk => Codec.Write(buffer, envelope, new TalkRequest("chat/1"u8, Bytes(Codec.MaxTalkPayloadLength)), padded),
            MessageKind.Digest => Codec.Write(buffer, envelope, Digest(), padded),
            MessageKind.Subscribe => Codec.Write(buffer, envelope, new SubscribeRequest(Record().Key), padded),
            MessageKind.Probe => Codec.Write(buffer, envelope, Probe(), padded),
            _ => WriteReply(kind, buffer, envelope),
        };
        Assert.NotEqual(0, length);
        return buffer[..length].ToArray();
    }

    /// <summary>A frame of a stream.</summary>
    public byte[] Frame()
    {
        Record record = Record(_random.Next(2) == 0 ? 200 : Kademlia.Record.MaxValueLength);
        return (_random.Next(5) switch
        {
            0 => Kademlia.Wire.Frame.Write(new FindValueRequest(record.Key, (int)Number(int.MaxValue), Coin())),
            1 => Kademlia.Wire.Frame.Write(new FindValueReply(new RecordList([record]), (int)Number(int.MaxValue), Number(long.MaxValue), [], Coin())),
            2 => Kademlia.Wire.Frame.Write(new StoreRequest((StorePurpose)_random.Next(3), record.View, Number(long.MaxValue) - 1)),
            3 => Kademlia.Wire.Frame.Write(new StoreReply((StoreOutcome)_random.Next(5), Number(RecordFormat.MaxSeconds), Coin() ? default : record.View)),
            _ => Kademlia.Wire.Frame.WriteUnsupported(),
        }).ToArray();
    }

    public DigestRequest Digest() => _random.Next(3) switch
    {
        0 => new((int)Number(int.MaxValue), (ulong)_random.NextInt64(), []) { KnowsSketches = Coin() },
        1 => new(0, 0, [], Exactly(DigestRequest.SketchedLength * _random.Next(1, DigestRequest.MaxSketched + 1))),
        _ => new(0, 0, Exactly(DigestEntry.Length * _random.Next(1, DigestRequest.MaxEntries + 1))),
    };

    public DigestReply Compared() => Coin()
        ? new(Coin(), Bytes(DigestReply.MaxWantedLength))
        : new(Coin(), Bytes(DigestReply.MaxWantedLength), Bytes(DigestReply.MaxLackedLength));

    public AddressToken Token() => Coin() ? AddressToken.None : new((ulong)_random.NextInt64(1, long.MaxValue));

    public ProbeRequest Probe() => new((ulong)_random.NextInt64(), Coin() ? default : EndPoint());

    public SubscribeReply Subscribed() => new(
        (SubscribeStatus)_random.Next(3), (ulong)_random.NextInt64(), (int)Number(SubscribeReply.MaxCursor));

    private int WriteReply(MessageKind kind, Span<byte> buffer, in Envelope envelope)
    {
        switch (kind & ~MessageKind.Reply)
        {
            case MessageKind.Unsupported & ~MessageKind.Reply:
                return Codec.WriteUnsupported(buffer, envelope);
            case MessageKind.Ping:
                return Codec.WritePingReply(buffer, envelope);
            case MessageKind.FindNode:
                return Codec.Write(buffer, envelope, new FindNodeReply(Contacts(Codec.MaxContacts), Coin()));
            case MessageKind.FindValue:
                Record[] records = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Record(200))];
                return Codec.Write(buffer, envelope, new FindValueReply(
                    new RecordList(records), (int)Number(int.MaxValue), Number(long.MaxValue), Contacts(Codec.MaxContactsWithRecords + 1), Coin())
                {
                    IsDisplaced = Coin(),
                });
            case MessageKind.Store:
                return Codec.Write(buffer, envelope, new StoreReply(
                    (StoreOutcome)_random.Next(5), Number(RecordFormat.MaxSeconds), Coin() ? default : Record().View));
            case MessageKind.Prove:
                return Codec.Write(buffer, envelope, Coin()
                    ? new ProveReply(ProofStatus.Signed, SignatureAlgorithm.EcdsaP256, Exactly(64), Exactly(64))
                    : new ProveReply(ProofStatus.NotMyAddress, SignatureAlgorithm.None, [], []));
            case MessageKind.Talk:
                return Codec.Write(buffer, envelope, Coin()
                    ? new TalkReply(TalkStatus.Answered, Bytes(Codec.MaxTalkPayloadLength))
                    : new TalkReply((TalkStatus)_random.Next(4), []));
            case MessageKind.Digest:
                return Codec.Write(buffer, envelope, Compared());
            case MessageKind.Subscribe:
                return Codec.Write(buffer, envelope, Subscribed());
            case MessageKind.Probe:
                return Codec.Write(buffer, envelope, new ProbeReply(Coin()));
            default:
                return Codec.WriteRetry(buffer, envelope);
        }
    }
}
