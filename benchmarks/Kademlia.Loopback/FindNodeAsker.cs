using System.Net.Sockets;
using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Loopback;

/// <summary>Asks a node over a connected socket as a client of the network does: first for a token, then with it, so that replies are full.</summary>
internal sealed class FindNodeAsker(Socket socket)
{
    /// <summary>So many different requests are asked in turn.</summary>
    public const int RequestCount = 1024;

    /// <summary>How many contacts a full reply names.</summary>
    private const int FullReply = 20;

    private readonly Codec _codec = new(NetworkTag.Of(LocalNetwork.Name));
    private readonly DecodeScratch _scratch = new();
    private readonly byte[] _buffer = new byte[Codec.MaxMessageLength];
    private readonly Random _random = new(1);
    private readonly NodeId _id = NodeId.Random(new Random(2));

    /// <summary>Requests for random points, each with a transaction of its own, that this socket may send.</summary>
    public byte[][] PrepareRequests()
    {
        AddressToken token = Ask(Write(AddressToken.None), out _, out _).Token;
        return [.. Enumerable.Range(0, RequestCount).Select(_ => Write(token))];
    }

    /// <summary>The length of a reply to a request.</summary>
    /// <exception cref="InvalidOperationException">The reply does not name as many contacts as it can.</exception>
    public int MeasureReply(byte[] request)
    {
        Ask(request, out int contacts, out int length);
        return contacts == FullReply
            ? length
            : throw new InvalidOperationException($"The node named {contacts} contacts instead of {FullReply}: it knows too few.");
    }

    private Envelope Ask(byte[] request, out int contacts, out int length)
    {
        socket.Send(request);
        length = socket.Receive(_buffer);
        contacts = 0;
        if (_codec.TryReadEnvelope(_buffer.AsSpan(0, length), out Envelope envelope, out ReadOnlySpan<byte> body) != DecodeOutcome.Ok)
        {
            throw new InvalidOperationException("The node's reply cannot be read.");
        }

        if (envelope.Kind == (MessageKind.FindNode | MessageKind.Reply) && Codec.TryRead(body, _scratch, out FindNodeReply reply))
        {
            contacts = reply.Contacts.Length;
        }

        return envelope;
    }

    private byte[] Write(AddressToken token)
    {
        Envelope envelope = new(MessageKind.FindNode, (ulong)_random.NextInt64(), _id, SenderFlags.Client, token, default);
        FindNodeRequest request = new(NodeId.Random(_random), AddressFamilies.None);
        return _buffer[.._codec.Write(_buffer, envelope, request, paddedLength: 0)];
    }
}
