using System.Net;
using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Identity;
using Kademlia.Messages;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>Answering allocates nothing, from the datagram that comes to the one that goes.</summary>
public sealed class ServingTests
{
    private const int Contacts = 200;
    private const int WarmUp = 200;
    private const int Requests = 1000;

    private static readonly PeerEndPoint Asker = PeerEndPoint.Parse("60.0.0.1:7411");

    private readonly Random _random = new(1);
    private readonly Host _host = new();

    [Theory]
    [InlineData(nameof(MessageKind.FindNode), false)]
    [InlineData(nameof(MessageKind.FindNode), true)]
    [InlineData(nameof(MessageKind.FindValue), false)]
    [InlineData(nameof(MessageKind.Ping), false)]
    public void A_question_of_a_proven_contact_is_answered_without_allocation(string what, bool isSealed)
    {
        MessageKind kind = Enum.Parse<MessageKind>(what);
        byte[] key = isSealed ? new byte[Sealer.KeyLength] : [];
        KeyedHashScheme scheme = new(_random);
        CoreOptions options = new() { Network = 1, HasIPv4 = true, HasIPv6 = false, NetworkKey = key };
        NodeCore core = new(options, scheme.CreateIdentity(), scheme, _host, _random);
        NodeId asker = Fill(core);
        using Sealer? sealer = isSealed ? new Sealer(key, 1, 7) : null;
        core.Receive(Question(kind, asker, AddressToken.None, sealer), Asker, TimeSpan.Zero);
        AddressToken token = TokenIn(_host.Last, sealer);
        byte[][] questions = [.. Enumerable.Range(0, WarmUp + Requests).Select(_ => Question(kind, asker, token, sealer))];
        ReceiveAll(core, questions.AsSpan(0, WarmUp));

        long before = GC.GetAllocatedBytesForCurrentThread();
        ReceiveAll(core, questions.AsSpan(WarmUp));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1 + WarmUp + Requests, core.Counters.Sent);
        Assert.Equal(core.Counters.Received, core.Counters.Accepted);
        Assert.True(kind == MessageKind.Ping || _host.Last.Length > 8 * ContactFormat.IPv4Length, "The reply has contacts.");
    }

    [Fact]
    public void A_get_that_waits_for_somebody_asks_wide_and_is_given_more_contacts()
    {
        KeyedHashScheme scheme = new(_random);
        NodeCore core = new(new CoreOptions { Network = 1, HasIPv4 = true, HasIPv6 = false }, scheme.CreateIdentity(), scheme, _host, _random);
        NodeId asker = Fill(core);
        RecordKey key = new(RecordKind.Content, NodeId.Random(_random));
        FindValueQuestion question = new(core, new RecordCollector(core, key, new GetOptions(), new CancelScope()));
        core.Receive(Question(MessageKind.FindValue, asker, AddressToken.None, sealer: null), Asker, TimeSpan.Zero);
        AddressToken token = TokenIn(_host.Last, sealer: null);

        Assert.Equal(Codec.FewContacts, ContactsFor(question));
        question.OnSlow();
        Assert.Equal(Codec.MaxContactsWithRecords, ContactsFor(question));

        int ContactsFor(FindValueQuestion asked)
        {
            byte[] datagram = new byte[Codec.MaxMessageLength];
            Envelope envelope = new(MessageKind.FindValue, 42, asker, SenderFlags.None, token, default);
            int length = asked.Write(datagram, envelope, paddedLength: 0, default);
            core.Receive(datagram.AsSpan(0, length), Asker, TimeSpan.FromSeconds(1));
            core.Codec.TryReadEnvelope(_host.Last, out _, out ReadOnlySpan<byte> body);
            Assert.True(Codec.TryRead(body, new DecodeScratch(), out FindValueReply reply));
            return reply.Contacts.Length;
        }
    }

    [Fact]
    public void Whom_the_asker_marks_is_left_out_and_nobody_is_put_in_the_place()
    {
        KeyedHashScheme scheme = new(_random);
        NodeCore core = new(new CoreOptions { Network = 1, HasIPv4 = true, HasIPv6 = false }, scheme.CreateIdentity(), scheme, _host, _random);
        NodeId asker = Fill(core);
        NodeId target = NodeId.Random(_random);
        core.Receive(Question(MessageKind.FindNode, asker, AddressToken.None, sealer: null), Asker, TimeSpan.Zero);
        AddressToken token = TokenIn(_host.Last, sealer: null);

        Contact[] all = ClosestBut([]);
        Assert.Equal(core.Options.BucketSize, all.Length);
        Contact moved = new(all[1].Id, PeerEndPoint.Parse("62.0.0.1:7411"));
        Assert.Equal(all[3..].Prepend(all[1]), ClosestBut([all[2], moved, all[0]]));
        Assert.Empty(ClosestBut(all));

        Contact[] ClosestBut(Contact[] known)
        {
            byte[] datagram = new byte[Codec.MaxMessageLength];
            Envelope envelope = new(MessageKind.FindNode, 42, asker, SenderFlags.None, token, default);
            ReadOnlySpan<byte> marks = ContactMarks.Write(known, envelope.Transaction, new byte[known.Length * FindNodeRequest.MarkLength]);
            int length = core.Codec.Write(datagram, envelope, new FindNodeRequest(target, AddressFamilies.None, marks), 128);
            core.Receive(datagram.AsSpan(0, length), Asker, TimeSpan.FromSeconds(1));
            core.Codec.TryReadEnvelope(_host.Last, out _, out ReadOnlySpan<byte> body);
            Assert.True(Codec.TryRead(body, new DecodeScratch(), out FindNodeReply reply));
            Assert.False(reply.More);
            return reply.Contacts.ToArray();
        }
    }

    private static void ReceiveAll(NodeCore core, ReadOnlySpan<byte[]> datagrams)
    {
        foreach (byte[] datagram in datagrams)
        {
            core.Receive(datagram, Asker, TimeSpan.FromSeconds(1));
        }
    }

    private static AddressToken TokenIn(byte[] reply, Sealer? sealer)
    {
        byte[] plain = new byte[Codec.MaxMessageLength];
        int length = reply.Length;
        if (sealer is null)
        {
            reply.CopyTo(plain, 0);
        }
        else
        {
            Assert.Equal(SealOutcome.Ok, sealer.TryOpen(reply, plain, out length));
        }

        Assert.Equal(DecodeOutcome.Ok, new Codec(1).TryReadEnvelope(plain.AsSpan(0, length), out Envelope envelope, out _));
        return envelope.Token;
    }

    /// <summary>Gives a node contacts, the asker among them.</summary>
    private NodeId Fill(NodeCore core)
    {
        NodeId asker = NodeId.Random(_random);
        Assert.Equal(AddOutcome.Added, core.Overlays[0].Table.Add(new Contact(asker, Asker), TimeSpan.Zero, out _));
        for (int i = 0; i < Contacts; i++)
        {
            PeerEndPoint endPoint = new(new IPAddress([61, (byte)i, 0, 1]), 7411);
            core.Overlays[0].Table.Add(new Contact(NodeId.Random(_random), endPoint), TimeSpan.Zero, out _);
        }

        return asker;
    }

    private byte[] Question(MessageKind kind, NodeId asker, AddressToken token, Sealer? sealer)
    {
        Codec codec = new(1);
        byte[] buffer = new byte[Codec.MaxMessageLength];
        Envelope envelope = new(kind, 42, asker, SenderFlags.None, token, default);
        NodeId target = NodeId.Random(_random);
        int length = kind switch
        {
            MessageKind.FindNode => codec.Write(buffer, envelope, new FindNodeRequest(target, AddressFamilies.None), 128),
            MessageKind.FindValue => codec.Write(buffer, envelope, new FindValueRequest(new RecordKey(RecordKind.Content, target), 0), 128),
            _ => codec.WritePing(buffer, envelope, 128),
        };
        byte[] datagram = new byte[length + (sealer is null ? 0 : Sealer.Overhead)];
        Assert.Equal(datagram.Length, sealer?.Seal(buffer.AsSpan(0, length), datagram) ?? length);
        if (sealer is null)
        {
            buffer.AsSpan(0, length).CopyTo(datagram);
        }

        return datagram;
    }

    /// <summary>Takes what a core gives, and keeps the last datagram in one buffer.</summary>
    private sealed class Host : ICoreHost
    {
        private readonly byte[] _buffer = new byte[Codec.MaxMessageLength + Sealer.Overhead];
        private int _length;

        public byte[] Last => _buffer[.._length];

        public bool Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination)
        {
            datagram.CopyTo(_buffer);
            _length = datagram.Length;
            return true;
        }

        public void Begin(Effect effect) => Assert.Fail("Answering a question needs no effect.");

        public Record? Read(RecordKey key, NodeId writer) => null;

        public void OnRole(bool serves)
        {
        }

        public void OnFault(Exception failure) => throw new InvalidOperationException("The core failed.", failure);
    }
}
