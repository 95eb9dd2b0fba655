using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Simulation;

/// <summary>Somebody who is taken for a node: has a valid id and proves it, greets the others, and answers what it is asked.</summary>
/// <remarks>
/// Where a derived class does not have it otherwise it answers like the best of nodes: keeps what is stored with it, and knows all
/// honest nodes. It takes no part in replication, and asks for no token.
/// </remarks>
public abstract class PeerActor : Actor
{
    /// <summary>It keeps no more records than this.</summary>
    private const int MaxRecords = 1024;

    /// <summary>The transactions of a first greeting, and of the second, which carries the token that the answer to the first brought.</summary>
    private const ulong Stranger = 1;
    private const ulong Known = 2;

    private static readonly AddressToken Token = new(1);

    private readonly Dictionary<RecordKey, Record> _records = [];
    private readonly byte[] _buffer = new byte[Codec.MaxMessageLength];
    private NodeIdentity? _identity;

    /// <summary>Makes one.</summary>
    /// <param name="identity">Who it is, from <see cref="VirtualNetwork.CreateIdentity"/>; somebody new when null.</param>
    protected PeerActor(NodeIdentity? identity = null) => _identity = identity;

    /// <summary>Its id and where it is, once it is in the network.</summary>
    public Contact Contact => new(Identity.Id, EndPoint);

    /// <summary>The time between two rounds of greeting; null for one round, after which later nodes meet it as they meet each other.</summary>
    public TimeSpan? GreetingInterval { get; init; }

    private NodeIdentity Identity => _identity ??= Network.CreateIdentity();

    /// <inheritdoc/>
    protected sealed override void Begin()
    {
        if (GreetingInterval is TimeSpan interval)
        {
            Every(interval, Greet);
        }
        else
        {
            Greet();
        }
    }

    /// <inheritdoc/>
    protected sealed override void Receive(Flight flight)
    {
        ArgumentNullException.ThrowIfNull(flight);
        if (Codec.TryReadEnvelope(flight.Bytes, out Envelope envelope, out ReadOnlySpan<byte> body) != DecodeOutcome.Ok)
        {
            return;
        }

        if (!envelope.IsReply)
        {
            int length = Answer(envelope, body, flight.Source);
            Reply(_buffer.AsSpan(0, length), flight.Source);
        }
        else if (envelope.Transaction == Stranger)
        {
            Ping(flight.Source, Known, envelope.Token);
        }
    }

    /// <summary>Sends an answer.</summary>
    protected virtual void Reply(ReadOnlySpan<byte> datagram, PeerEndPoint asker) => Send(datagram, asker);

    /// <summary>Whom it names as the closest to a point, the closest first.</summary>
    protected virtual IEnumerable<Contact> FindClosest(NodeId target) => Network.ClosestNodes(target)
        .Select(node => new Contact(node.Id, Network.MachineOf(node).EndPoints[0]));

    /// <summary>What it gives as the record under a key; null for nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="held">What was stored with it under it.</param>
    protected virtual Record? FindRecord(RecordKey key, Record? held) => held;

    /// <summary>Asks all nodes that run to take it into their tables.</summary>
    private void Greet()
    {
        foreach (KademliaNode node in Network.Nodes)
        {
            Ping(Network.MachineOf(node).EndPoints[0], Stranger, token: default);
        }
    }

    private void Ping(PeerEndPoint node, ulong transaction, AddressToken token)
    {
        Envelope envelope = new(MessageKind.Ping, transaction, Identity.Id, SenderFlags.None, token, Observed: default);
        Send(_buffer.AsSpan(0, Codec.WritePing(_buffer, envelope, 0)), node);
    }

    private int Answer(in Envelope asked, ReadOnlySpan<byte> body, PeerEndPoint asker)
    {
        Envelope reply = new(asked.Kind | MessageKind.Reply, asked.Transaction, Identity.Id, SenderFlags.None, Token, asker);
        return asked.Kind switch
        {
            MessageKind.Ping => Codec.WritePingReply(_buffer, reply),
            MessageKind.FindNode when Codec.TryRead(body, out FindNodeRequest find) => AnswerFindNode(reply, find),
            MessageKind.FindValue when Codec.TryRead(body, out FindValueRequest find) => AnswerFindValue(reply, find),
            MessageKind.Store when Codec.TryRead(body, out StoreRequest store) => AnswerStore(reply, store),
            MessageKind.Prove when Codec.TryRead(body, out ProveRequest prove) => AnswerProve(reply, prove, asked.Sender),
            _ => Codec.WriteUnsupported(_buffer, reply with { Kind = MessageKind.Unsupported }),
        };
    }

    private int AnswerFindNode(in Envelope reply, in FindNodeRequest find) =>
        Codec.Write(_buffer, reply, new FindNodeReply([.. FindClosest(find.Target)], more: false));

    private int AnswerFindValue(in Envelope reply, in FindValueRequest find)
    {
        Record? record = FindRecord(find.Key, _records.GetValueOrDefault(find.Key));
        Record[] records = record is null ? [] : [record];
        return Codec.Write(_buffer, reply, new FindValueReply(
            new RecordList(records), records.Length, record?.Sequence ?? 0, [.. FindClosest(find.Key.Hash)], more: false));
    }

    private int AnswerStore(in Envelope reply, in StoreRequest store)
    {
        bool fits = _records.Count < MaxRecords && RecordShape.IsValid(store.Record, SignatureAlgorithm.KeyedHash);
        if (fits)
        {
            Record record = new(store.Record);
            _records[record.Key] = record;
        }

        long clock = Network.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        return Codec.Write(_buffer, reply, new StoreReply(fits ? StoreOutcome.Stored : StoreOutcome.Full, clock, newer: default));
    }

    private int AnswerProve(in Envelope reply, in ProveRequest prove, NodeId challenger)
    {
        byte[] preimage = IdentityProof.Preimage(NetworkTag, prove.Nonce, challenger, Identity.Id, prove.Dialled);
        return Codec.Write(_buffer, reply, new ProveReply(
            ProofStatus.Signed, Identity.Algorithm, Identity.PublicKey.Span, Identity.Sign(preimage)));
    }
}
