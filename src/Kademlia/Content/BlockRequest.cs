using System.Buffers.Binary;

namespace Kademlia.Content;

/// <summary>What is asked of a provider, and the head of what it answers (PROTOCOL.md, 9.6).</summary>
/// <remarks><code>
/// key 32 | level 2 | element 8
/// status 1 | length 4 | bytes
/// </code></remarks>
internal readonly record struct BlockRequest(NodeId Key, int Level, long Element)
{
    public const string Protocol = "kademlia/blocks/1";
    public const int Length = NodeId.ByteLength + sizeof(ushort) + sizeof(long);
    public const int HeadLength = 1 + sizeof(int);

    public const byte Here = 0;
    public const byte NotHere = 1;

    /// <summary>So many requests may be unanswered.</summary>
    public const int MaxAhead = 16;

    /// <summary>Nobody waits longer for the other side to ask.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    /// <summary>So long an answer may take: a block at 8 KiB a second, which is more than 10 s.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(BlockShape.BlockLength / 8192);

    public void WriteTo(Span<byte> destination)
    {
        Key.WriteTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[NodeId.ByteLength..], (ushort)Level);
        BinaryPrimitives.WriteInt64BigEndian(destination[(NodeId.ByteLength + sizeof(ushort))..], Element);
    }

    public static BlockRequest Read(ReadOnlySpan<byte> source) => new(
        new NodeId(source[..NodeId.ByteLength]),
        BinaryPrimitives.ReadUInt16BigEndian(source[NodeId.ByteLength..]),
        BinaryPrimitives.ReadInt64BigEndian(source[(NodeId.ByteLength + sizeof(ushort))..]));

    public static void WriteHead(Span<byte> destination, byte status, int length)
    {
        destination[0] = status;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], length);
    }
}
