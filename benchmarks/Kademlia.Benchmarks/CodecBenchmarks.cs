using System.Net;
using BenchmarkDotNet.Attributes;
using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Benchmarks;

/// <summary>Each message written and read. The baseline writes and reads a reply of 20 contacts by hand with BinaryWriter and BinaryReader.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private static readonly PeerEndPoint Peer = PeerEndPoint.Parse("192.0.2.1:7411");
    private static readonly NodeId Self = new(1, 2, 3, 4);

    private readonly Codec _codec = new(NetworkTag.Of("kademlia"));
    private readonly DecodeScratch _scratch = new();
    private readonly byte[] _buffer = new byte[Codec.MaxMessageLength];
    private readonly Contact[] _contacts = new Contact[20];
    private readonly (byte[] Id, IPEndPoint EndPoint)[] _plainContacts = new (byte[], IPEndPoint)[20];
    private readonly byte[] _value = new byte[200];
    private Record _record = null!;
    private byte[] _baseline = [];
    private byte[] _ping = [];
    private byte[] _findNode = [];
    private byte[] _findNodeReply = [];
    private byte[] _findValue = [];
    private byte[] _findValueReply = [];
    private byte[] _store = [];
    private byte[] _prove = [];
    private byte[] _talk = [];

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        for (int i = 0; i < _contacts.Length; i++)
        {
            _contacts[i] = new Contact(NodeId.Random(random), Peer);
            _plainContacts[i] = (_contacts[i].Id.ToByteArray(), Peer.ToIPEndPoint());
        }

        _record = new Record(new RecordView(
            RecordKind.Owner, SignatureAlgorithm.EcdsaP256, new byte[64], "greeting"u8, 1799913600000, false, 1800000000, _value, new byte[64]));
        _baseline = EncodeByHand();
        _ping = Copy(EncodePing());
        _findNode = Copy(EncodeFindNode());
        _findNodeReply = Copy(EncodeFindNodeReply20());
        _findValue = Copy(EncodeFindValue());
        _findValueReply = Copy(EncodeFindValueReply());
        _store = Copy(EncodeStore());
        _prove = Copy(EncodeProve());
        _talk = Copy(EncodeTalk());
    }

    [Benchmark(Baseline = true)]
    public byte[] EncodeByHand()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write((byte)1);
        writer.Write(0x1ec789e4d63b5043);
        writer.Write((byte)66);
        writer.Write(0xa1a2a3a4a5a6a7a8);
        writer.Write(_plainContacts[0].Id);
        writer.Write(_plainContacts.Length);
        foreach ((byte[] id, IPEndPoint endPoint) in _plainContacts)
        {
            writer.Write(id);
            writer.Write(endPoint.Address.GetAddressBytes());
            writer.Write((ushort)endPoint.Port);
        }

        return stream.ToArray();
    }

    [Benchmark]
    public List<(byte[] Id, IPEndPoint EndPoint)> DecodeByHand()
    {
        using BinaryReader reader = new(new MemoryStream(_baseline));
        reader.ReadByte();
        reader.ReadUInt64();
        reader.ReadByte();
        reader.ReadUInt64();
        reader.ReadBytes(32);
        int count = reader.ReadInt32();
        List<(byte[] Id, IPEndPoint EndPoint)> contacts = [];
        for (int i = 0; i < count; i++)
        {
            byte[] id = reader.ReadBytes(32);
            contacts.Add((id, new IPEndPoint(new IPAddress(reader.ReadBytes(4)), reader.ReadUInt16())));
        }

        return contacts;
    }

    [Benchmark]
    public int EncodePing() => _codec.WritePing(_buffer, Request(MessageKind.Ping), 0);

    [Benchmark]
    public bool DecodePing() => _codec.TryReadEnvelope(_ping, out _, out _) == DecodeOutcome.Ok;

    [Benchmark]
    public int EncodeFindNode() => _codec.Write(_buffer, Request(MessageKind.FindNode), new FindNodeRequest(Self, AddressFamilies.IPv4), 0);

    [Benchmark]
    public bool DecodeFindNode()
    {
        _codec.TryReadEnvelope(_findNode, out _, out ReadOnlySpan<byte> body);
        return Codec.TryRead(body, out FindNodeRequest _);
    }

    [Benchmark]
    public int EncodeFindNodeReply20() => _codec.Write(_buffer, Reply(MessageKind.FindNode), new FindNodeReply(_contacts, false));

    [Benchmark]
    public bool DecodeFindNodeReply20()
    {
        _codec.TryReadEnvelope(_findNodeReply, out _, out ReadOnlySpan<byte> body);
        return Codec.TryRead(body, _scratch, out FindNodeReply _);
    }

    [Benchmark]
    public int EncodeFindValue() => _codec.Write(_buffer, Request(MessageKind.FindValue), new FindValueRequest(_record.Key, 0), 0);

    [Benchmark]
    public bool DecodeFindValue()
    {
        _codec.TryReadEnvelope(_findValue, out _, out ReadOnlySpan<byte> body);
        return Codec.TryRead(body, out FindValueRequest _);
    }

    [Benchmark]
    public int EncodeFindValueReply() => _codec.Write(
        _buffer, Reply(MessageKind.FindValue), new FindValueReply(new RecordList(new ReadOnlySpan<Record>(in _record)), 1, 1, _contacts.AsSpan(0, Codec.FewContacts), false));

    [Benchmark]
    public bool DecodeFindValueReply()
    {
        _codec.TryReadEnvelope(_findValueReply, out _, out ReadOnlySpan<byte> body);
        return Codec.TryRead(body, _scratch, out FindValueReply _);
    }

    [Benchmark]
    public int EncodeStore() => _codec.Write(_buffer, Request(MessageKind.Store), new StoreRequest(StorePurpose.Put, _record.View, StoreRequest.Unconditional), 0);

    [Benchmark]
    public bool DecodeStore()
    {
        _codec.TryReadEnvelope(_store, out _, out ReadOnlySpan<byte> body);
        return Codec.TryRead(body, out StoreRequest _);
    }

    [Benchmark]
    public int EncodeProve() => _codec.Write(_buffer, Request(MessageKind.Prove), new ProveRequest(_value.AsSpan(0, 16), Peer), 0);

    [Benchmark]
    public bool DecodeProve()
    {
        _codec.TryReadEnvelope(_prove, out _, out ReadOnlySpan<byte> body);
        return Codec.TryRead(body, out ProveRequest _);
    }

    [Benchmark]
    public int EncodeTalk() => _codec.Write(_buffer, Request(MessageKind.Talk), new TalkRequest("chat/1"u8, _value), 0);

    [Benchmark]
    public bool DecodeTalk()
    {
        _codec.TryReadEnvelope(_talk, out _, out ReadOnlySpan<byte> body);
        return Codec.TryRead(body, out TalkRequest _);
    }

    private static Envelope Request(MessageKind kind) => new(kind, 0xa1a2a3a4a5a6a7a8, Self, SenderFlags.None, new AddressToken(1), default);

    private static Envelope Reply(MessageKind kind) => Request(kind | MessageKind.Reply) with { Observed = Peer };

    private byte[] Copy(int length) => _buffer[..length];
}
