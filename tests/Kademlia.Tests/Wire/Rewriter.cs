using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

/// <summary>Reads a datagram and writes what was understood: two datagrams with one outcome mean the same.</summary>
internal static class Rewriter
{
    [ThreadStatic]
    private static DecodeScratch? _scratch;

    [ThreadStatic]
    private static byte[]? _buffer;

    /// <summary>The canonical form of a datagram, of the same length if it is a request; empty when it is refused. Allocates nothing.</summary>
    /// <remarks>Valid until the thread calls again.</remarks>
    public static ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> datagram)
    {
        _buffer ??= new byte[Codec.MaxMessageLength];
        _scratch ??= new DecodeScratch();
        Codec codec = WireSamples.Codec;
        DecodeOutcome outcome = codec.TryReadEnvelope(datagram, out Envelope envelope, out ReadOnlySpan<byte> body);
        int length = outcome != DecodeOutcome.Ok ? 0
            : envelope.IsReply ? RewriteReply(codec, envelope, body)
            : RewriteRequest(codec, envelope, body, datagram.Length);
        return _buffer.AsSpan(0, length);
    }

    private static int RewriteRequest(Codec codec, in Envelope envelope, ReadOnlySpan<byte> body, int padded) => envelope.Kind switch
    {
        MessageKind.Ping => codec.WritePing(_buffer, envelope, padded),
        MessageKind.FindNode => Codec.TryRead(body, out FindNodeRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        MessageKind.FindValue => Codec.TryRead(body, out FindValueRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        MessageKind.Store => Codec.TryRead(body, out StoreRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        MessageKind.Prove => Codec.TryRead(body, out ProveRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        MessageKind.Talk => Codec.TryRead(body, out TalkRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        MessageKind.Digest => Codec.TryRead(body, out DigestRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        MessageKind.Subscribe => Codec.TryRead(body, out SubscribeRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        MessageKind.Probe => Codec.TryRead(body, out ProbeRequest request) ? codec.Write(_buffer, envelope, request, padded) : 0,
        _ => 0,
    };

    private static int RewriteReply(Codec codec, in Envelope envelope, ReadOnlySpan<byte> body) => (envelope.Kind & ~MessageKind.Reply) switch
    {
        MessageKind.Ping => codec.WritePingReply(_buffer, envelope),
        MessageKind.FindNode => Codec.TryRead(body, _scratch!, out FindNodeReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.FindValue => Codec.TryRead(body, _scratch!, out FindValueReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.Store => Codec.TryRead(body, out StoreReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.Prove => Codec.TryRead(body, out ProveReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.Talk => Codec.TryRead(body, out TalkReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.Digest => Codec.TryRead(body, out DigestReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.Subscribe => Codec.TryRead(body, out SubscribeReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.Probe => Codec.TryRead(body, out ProbeReply reply) ? codec.Write(_buffer, envelope, reply) : 0,
        MessageKind.Unsupported & ~MessageKind.Reply => codec.WriteUnsupported(_buffer, envelope),
        _ => codec.WriteRetry(_buffer, envelope),
    };
}
