using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>An endpoint of a <see cref="World"/> that says what its test wants said. It asks for no tokens and keeps all it hears.</summary>
internal sealed class Stranger
{
    private static readonly AddressToken AnyToken = new(1);

    private readonly World _world;
    private readonly Codec _codec = new(1);
    private readonly byte[] _buffer = new byte[Codec.MaxMessageLength];

    public Stranger(World world, string endPoint)
    {
        _world = world;
        EndPoint = PeerEndPoint.Parse(endPoint);
        Identity = world.Scheme.CreateIdentity();
        world.Listen(EndPoint, Receive);
    }

    public PeerEndPoint EndPoint { get; }

    public NodeIdentity Identity { get; }

    public Contact Contact => new(Identity.Id, EndPoint);

    /// <summary>All that came, in its order.</summary>
    public List<Envelope> Heard { get; } = [];

    /// <summary>Their bodies.</summary>
    public List<byte[]> Bodies { get; } = [];

    /// <summary>How long each of <see cref="Heard"/> was.</summary>
    public List<int> Lengths { get; } = [];

    /// <summary>Whether it answers at all.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>The contacts that it names to whoever asks for nodes.</summary>
    public Contact[] Names { get; set; } = [];

    /// <summary>What it says to a challenge.</summary>
    public ProofStatus ProofStatus { get; set; } = ProofStatus.Signed;

    /// <summary>The identity that it proves: its own, unless it lies.</summary>
    public NodeIdentity? Proves { get; set; }

    /// <summary>Whose key signs the proof: that of the identity that it proves, unless it lies.</summary>
    public NodeIdentity? Signs { get; set; }

    /// <summary>What it says to every digest, wanting each entry of which this byte has the bit; null and it is silent.</summary>
    public (bool Same, byte Wanted)? Compares { get; set; }

    /// <summary>Which of each eight records of a sketch it says it lacks; null when it does not know sketches.</summary>
    public byte? Lacks { get; set; }

    /// <summary>Whether it says to every probe that it dialled; null and it is silent.</summary>
    public bool? Dials { get; set; }

    /// <summary>From where it has whoever probes dialled; null and nobody is.</summary>
    public PeerEndPoint? DialsFrom { get; set; }

    /// <summary>What it says to every store; null and it is silent.</summary>
    public StoreOutcome? Stores { get; set; }

    /// <summary>What it says that it holds instead of what is to be stored.</summary>
    public Record? Newer { get; set; }

    /// <summary>What it gives to whoever gets something: one record, and the claim to hold a thousand; null and it gives nothing.</summary>
    public Func<Record>? Serves { get; set; }

    /// <summary>What it says to every subscription; null and it knows of none.</summary>
    public Func<SubscribeReply>? Subscribes { get; set; }

    /// <summary>How long it takes to give a record.</summary>
    public TimeSpan ServeTime { get; set; }

    /// <summary>How long it takes to answer a store.</summary>
    public TimeSpan StoreTime { get; set; }

    /// <summary>Sends a request as written by <paramref name="write"/>, with or without a token.</summary>
    public ulong Ask(PeerEndPoint to, MessageKind kind, AddressToken token, RequestWriter write)
    {
        ulong transaction = (ulong)_world.Random.NextInt64();
        Repeat(to, kind, token, transaction, write);
        return transaction;
    }

    /// <summary>Sends a request under a transaction that was used before.</summary>
    public void Repeat(PeerEndPoint to, MessageKind kind, AddressToken token, ulong transaction, RequestWriter write)
    {
        bool isReply = (kind & MessageKind.Reply) != 0;
        Envelope envelope = new(kind, transaction, Identity.Id, SenderFlags.None, token, isReply ? to : default);
        Send(to, _buffer[..write(_codec, _buffer, envelope)]);
    }

    /// <summary>Pings a node, for the token that it answers with.</summary>
    public AddressToken Ping(PeerEndPoint node)
    {
        Ask(node, MessageKind.Ping, AddressToken.None, (codec, to, envelope) => codec.WritePing(to, envelope, Codec.MinRequestLength));
        _world.Run(TimeSpan.FromSeconds(1));
        return Heard.Last(h => h.IsReply).Token;
    }

    /// <summary>Asks a node to which it is proven to dial somebody.</summary>
    public void HaveDialled(PeerEndPoint by, PeerEndPoint target)
    {
        AddressToken token = Ping(by);
        Ask(by, MessageKind.Probe, token, (codec, to, envelope) => codec.Write(to, envelope, new ProbeRequest(1, target), Codec.MinRequestLength));
    }

    private void Receive(byte[] datagram, PeerEndPoint from)
    {
        Assert.Equal(DecodeOutcome.Ok, _codec.TryReadEnvelope(datagram, out Envelope envelope, out ReadOnlySpan<byte> body));
        Heard.Add(envelope);
        Bodies.Add(body.ToArray());
        Lengths.Add(datagram.Length);
        if (Answers && !envelope.IsReply)
        {
            byte[] answer = _buffer[..Answer(envelope, body, from)];
            TimeSpan time = envelope.Kind switch
            {
                MessageKind.Store => StoreTime,
                MessageKind.FindValue => ServeTime,
                _ => TimeSpan.Zero,
            };
            _world.At(_world.Now + time, () => Send(from, answer));
        }
    }

    private int Answer(in Envelope request, ReadOnlySpan<byte> body, PeerEndPoint from)
    {
        Envelope envelope = new(
            request.Kind | MessageKind.Reply, request.Transaction, Identity.Id, SenderFlags.None, AnyToken, from);
        switch (request.Kind)
        {
            case MessageKind.FindNode:
                return _codec.Write(_buffer, envelope, new FindNodeReply(Names, more: false));
            case MessageKind.Prove:
                Assert.True(Codec.TryRead(body, out ProveRequest challenge));
                return _codec.Write(_buffer, envelope, Prove(challenge, request.Sender));
            case MessageKind.FindValue:
                return Serves is null ? 0 : _codec.Write(
                    _buffer, envelope, new FindValueReply(new RecordList(new[] { Serves() }), 1000, 1, Names, more: false));
            case MessageKind.Digest:
                byte[] wanted = [.. Enumerable.Repeat(Compares?.Wanted ?? 0, DigestReply.MaxWantedLength)];
                byte[] lacked = [.. Enumerable.Repeat(Lacks ?? 0, DigestReply.MaxLackedLength)];
                return Compares is null ? 0
                    : Lacks is null ? _codec.Write(_buffer, envelope, new DigestReply(Compares.Value.Same, wanted))
                    : _codec.Write(_buffer, envelope, new DigestReply(Compares.Value.Same, wanted, lacked));
            case MessageKind.Store:
                RecordView newer = Newer is null ? default : Newer.View;
                return Stores is null ? 0 : _codec.Write(_buffer, envelope, new StoreReply(Stores.Value, 0, newer));
            case MessageKind.Subscribe:
                return Subscribes is null
                    ? _codec.WriteUnsupported(_buffer, envelope with { Kind = MessageKind.Unsupported })
                    : _codec.Write(_buffer, envelope, Subscribes());
            case MessageKind.Probe:
                Dial(body, from);
                return Dials is null ? 0 : _codec.Write(_buffer, envelope, new ProbeReply(Dials.Value));
            default:
                return _codec.WritePingReply(_buffer, envelope with { Kind = MessageKind.Ping | MessageKind.Reply });
        }
    }

    private void Dial(ReadOnlySpan<byte> body, PeerEndPoint asker)
    {
        Assert.True(Codec.TryRead(body, out ProbeRequest probe));
        if (DialsFrom is PeerEndPoint dialler)
        {
            Envelope dial = new(MessageKind.Probe | MessageKind.Reply, probe.Nonce, Identity.Id, SenderFlags.None, AddressToken.None, asker);
            _world.Carry(dialler, asker, _buffer[.._codec.Write(_buffer, dial, new ProbeReply(Dialled: true))]);
        }
    }

    private ProveReply Prove(in ProveRequest challenge, NodeId challenger)
    {
        NodeIdentity identity = Proves ?? Identity;
        byte[] preimage = IdentityProof.Preimage(1, challenge.Nonce, challenger, Identity.Id, challenge.Dialled);
        return ProofStatus == ProofStatus.Signed
            ? new ProveReply(ProofStatus, identity.Algorithm, identity.PublicKey.Span, (Signs ?? identity).Sign(preimage))
            : new ProveReply(ProofStatus, default, default, default);
    }

    private void Send(PeerEndPoint to, byte[] datagram)
    {
        if (datagram.Length > 0)
        {
            _world.Carry(EndPoint, to, datagram);
        }
    }
}

/// <summary>Writes a request of a <see cref="Stranger"/>.</summary>
internal delegate int RequestWriter(Codec codec, Span<byte> destination, Envelope envelope);
