using System.Buffers.Binary;

namespace Kademlia.Streams;

/// <summary>What the two sides of a private network say before TLS, so that a stranger is told nothing (PROTOCOL.md, 9.2).</summary>
/// <remarks><code>"kademlia stream" 15 | role 1 | sender 32 | receiver 32 | nonce 16</code></remarks>
internal readonly record struct SealedHello(byte Role, NodeId Sender, NodeId Receiver, UInt128 Nonce)
{
    public const byte Dialer = 0;
    public const byte Listener = 1;

    public const int Length = LabelLength + 1 + (2 * NodeId.ByteLength) + NonceLength;

    private const int LabelLength = 15;
    private const int NonceLength = 16;

    private static ReadOnlySpan<byte> Label => "kademlia stream"u8;

    public void WriteTo(Span<byte> destination)
    {
        Label.CopyTo(destination);
        destination[LabelLength] = Role;
        Span<byte> rest = destination[(LabelLength + 1)..];
        Sender.WriteTo(rest);
        Receiver.WriteTo(rest[NodeId.ByteLength..]);
        BinaryPrimitives.WriteUInt128BigEndian(rest[(2 * NodeId.ByteLength)..], Nonce);
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out SealedHello hello)
    {
        bool isHello = source.Length == Length && source.StartsWith(Label);
        ReadOnlySpan<byte> rest = isHello ? source[(LabelLength + 1)..] : default;
        hello = !isHello ? default : new SealedHello(
            source[LabelLength],
            new NodeId(rest[..NodeId.ByteLength]),
            new NodeId(rest.Slice(NodeId.ByteLength, NodeId.ByteLength)),
            BinaryPrimitives.ReadUInt128BigEndian(rest[(2 * NodeId.ByteLength)..]));
        return isHello;
    }
}
